package dev.pawl.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Properties;

/** The versions of PostgreSQL that tests run on: both ends of what is supported. */
public enum PostgresVersion {
    NEWEST,
    OLDEST;

    /** As in {@code 18.6.0}. */
    public String number() {
        var numbers = new Properties();
        try (InputStream file = PostgresVersion.class.getResourceAsStream("postgres.properties")) {
            numbers.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return numbers.getProperty(key());
    }

    /** As in {@code 18}. */
    public int major() {
        return Integer.parseInt(number().replaceFirst("\\..*", ""));
    }

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
