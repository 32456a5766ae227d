/**
 * What goes over the wire: each document of the HTTP API as a record, problems, and the Java
 * client. Knows no server and no store. Read {@link JobView} and {@link SubmitRequest} first.
 */
@NullMarked
package dev.pawl.api;

import org.jspecify.annotations.NullMarked;
