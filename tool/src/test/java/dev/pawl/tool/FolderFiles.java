package dev.pawl.tool;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Keeps the files of inputs in a folder, by their hash. */
record FolderFiles(Path folder) implements InputFiles, ArgumentFiles {
    @Override
    public Path stored(FileRef file) {
        return folder.resolve(file.sha256());
    }

    @Override
    public Path inline(String field, String text) {
        try {
            return Files.writeString(folder.resolve(field + ".txt"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream open(String path) throws IOException {
        Path file = path.equals("-") ? folder.resolve("stdin") : folder.resolve(path);
        if (!Files.exists(file)) throw new NoSuchFileException(path);
        return Files.newInputStream(file);
    }

    @Override
    public FileRef keep(String name, String mediaType, InputStream content) throws IOException {
        byte[] bytes = content.readAllBytes();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            var ref = new FileRef(name, HexFormat.of().formatHex(digest), bytes.length, mediaType);
            Files.write(folder.resolve(ref.sha256()), bytes);
            return ref;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    FileRef keep(String name, String text) {
        try {
            return keep(
                    name,
                    "",
                    new java.io.ByteArrayInputStream(
                            text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
