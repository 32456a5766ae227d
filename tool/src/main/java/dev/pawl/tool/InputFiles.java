package dev.pawl.tool;

import java.nio.file.Path;

/**
 * Where a worker has the files of one attempt's input. A path must not depend on a file's name,
 * which doesn't count for the input hash of a tool that doesn't ask for it.
 */
public interface InputFiles {
    /** The content of a file that was given; only to be read. */
    Path stored(FileRef file);

    /**
     * A file that holds this text, for a tool that wants a path where the text was given inline.
     *
     * @param field the property's name
     */
    Path inline(String field, String text);
}
