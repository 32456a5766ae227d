package dev.pawl.core;

import java.util.regex.Pattern;

/**
 * A named, immutable output file, kept by its content's hash.
 *
 * @param name relative path with {@code /}; never leads outside the folder it is written to
 * @param sizeBytes at least 0
 * @param sha256 64 lower-case hex digits
 */
public record Artifact(String name, long sizeBytes, String sha256, String mediaType) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public Artifact {
        if (!validName(name))
            throw new IllegalArgumentException(
                    "artifact name \"%s\": want a relative path without . and .. in it"
                            .formatted(name));
        if (sizeBytes < 0) throw new IllegalArgumentException("size is " + sizeBytes);
        if (!SHA256.matcher(sha256).matches())
            throw new IllegalArgumentException("sha256 \"" + sha256 + "\": want 64 hex digits");
    }

    /** Whether a file may be kept under that name. */
    public static boolean validName(String name) {
        if (name.isEmpty() || name.length() > 255 || name.indexOf('\\') >= 0) return false;
        if (name.chars().anyMatch(c -> c < ' ' || c == 0x7f)) return false;
        for (String part : name.split("/", -1))
            if (part.isEmpty() || part.equals(".") || part.equals("..")) return false;
        return true;
    }
}
