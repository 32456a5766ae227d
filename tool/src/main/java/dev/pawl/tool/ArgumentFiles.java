package dev.pawl.tool;

import java.io.IOException;
import java.io.InputStream;

/** How flags get at the files they name. */
public interface ArgumentFiles {
    /** Opens a file by the path a caller wrote; {@code -} is stdin. */
    InputStream open(String path) throws IOException;

    /** Keeps the content and says how it stands in an input. */
    FileRef keep(String name, String mediaType, InputStream content) throws IOException;
}
