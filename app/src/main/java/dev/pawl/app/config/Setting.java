package dev.pawl.app.config;

import java.util.regex.Pattern;

/**
 * One value of the effective configuration.
 *
 * @param path the key, as in {@code store.synchronous}
 * @param text the value as it was written
 * @param source where it comes from: {@code default}, a file with its line, a variable or a flag
 */
public record Setting(String path, String text, String source) {
    static final String DEFAULT = "default";

    /** Of a URL, where people write it in spite of its own key. */
    private static final Pattern PASSWORD =
            Pattern.compile("(?<=://[^/@:]{0,99}:)[^@/]+(?=@)|(?<=[?&]password=)[^&]+");

    /** The value as people may see it. */
    public String shown() {
        boolean secret = !text.isEmpty() && Key.of(path).filter(Key::secret).isPresent();
        return secret ? "(secret)" : PASSWORD.matcher(text).replaceAll("(secret)");
    }

    /** Whether nobody set it. */
    public boolean isDefault() {
        return source.equals(DEFAULT);
    }
}
