package dev.pawl.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of a {@link CopiedTable}, or the key of one, as Java has it: bytes are hex digits. */
public final class CopiedRow {
    private static final int NUMBER_BYTES = 8;

    private final CopiedTable table;
    private final List<@Nullable Object> values;

    CopiedRow(CopiedTable table, List<@Nullable Object> values) {
        this.table = table;
        this.values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    public @Nullable Object value(int column) {
        return values.get(column);
    }

    /** The same for no other row of the table. */
    public List<@Nullable Object> key() {
        return values.subList(0, table.keys());
    }

    /** About as many bytes as it takes. */
    public int size() {
        int size = 0;
        for (Object value : values) size += value instanceof String text ? text.length() : 16;
        return size;
    }

    /** SHA-256 of all that it holds, the same in every database. */
    public byte[] hash() {
        MessageDigest digest = sha256();
        for (Object value : values) {
            byte[] bytes = bytes(value);
            digest.update(ByteBuffer.allocate(5).putInt(bytes.length).put(kind(value)).flip());
            digest.update(bytes);
        }
        return digest.digest();
    }

    /** Whether it holds what the other does. */
    public boolean same(CopiedRow other) {
        return Arrays.equals(hash(), other.hash());
    }

    private static byte kind(@Nullable Object value) {
        return (byte)
                switch (value) {
                    case null -> 'n';
                    case UUID _ -> 'u';
                    case Long _ -> 'l';
                    case Double _ -> 'd';
                    default -> 't';
                };
    }

    private static byte[] bytes(@Nullable Object value) {
        return switch (value) {
            case null -> new byte[0];
            case UUID id ->
                    ByteBuffer.allocate(2 * NUMBER_BYTES)
                            .putLong(id.getMostSignificantBits())
                            .putLong(id.getLeastSignificantBits())
                            .array();
            case Long number -> ByteBuffer.allocate(NUMBER_BYTES).putLong(number).array();
            case Double number -> ByteBuffer.allocate(NUMBER_BYTES).putDouble(number).array();
            default -> value.toString().getBytes(StandardCharsets.UTF_8);
        };
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }

    @Override
    public String toString() {
        return table.name() + " " + key();
    }
}
