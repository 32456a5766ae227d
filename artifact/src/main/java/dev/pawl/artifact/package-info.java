/**
 * Keeps artifacts and input files by the hash of their content. Knows no job and no database. Read
 * {@link dev.pawl.artifact.FileArtifacts}.
 */
@NullMarked
package dev.pawl.artifact;

import org.jspecify.annotations.NullMarked;
