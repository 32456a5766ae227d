/**
 * The site-fit front: what clients of the site-fit jobs speak, on Pawl's engine. Each contract is a
 * tool that calls the compute server. Read {@link SitefitFront} first.
 */
@NullMarked
package dev.pawl.server.sitefit;

import org.jspecify.annotations.NullMarked;
