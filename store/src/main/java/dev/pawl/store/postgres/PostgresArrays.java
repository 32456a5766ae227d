package dev.pawl.store.postgres;

import java.io.Serial;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * Columns of many rows as arrays. Each goes in binary: the driver does that for arrays of the very
 * type, but for ids, which it would write as text that the server has to read digit by digit.
 */
final class PostgresArrays {
    private PostgresArrays() {}

    static <F, T> List<T> column(List<F> rows, Function<F, T> value) {
        var column = new ArrayList<T>(rows.size());
        for (F row : rows) column.add(value.apply(row));
        return column;
    }

    static void bind(PreparedStatement statement, int position, String type, List<?> values)
            throws SQLException {
        if (type.equals("uuid")) statement.setObject(position, new Ids(values));
        else
            statement.setArray(
                    position,
                    statement.getConnection().createArrayOf(type, elements(type, values)));
    }

    private static Object[] elements(String type, List<?> values) {
        Function<Object, Object> element =
                switch (type) {
                    case "text" -> value -> PostgresText.write((String) value);
                    case "int2" -> value -> ((Number) value).shortValue();
                    case "int4" -> value -> ((Number) value).intValue();
                    case "int8" -> value -> ((Number) value).longValue();
                    default -> value -> value;
                };
        IntFunction<Object[]> array =
                switch (type) {
                    case "text" -> String[]::new;
                    case "int2" -> Short[]::new;
                    case "int4" -> Integer[]::new;
                    case "int8" -> Long[]::new;
                    default -> Object[]::new;
                };
        Object[] elements = array.apply(values.size());
        for (int i = 0; i < elements.length; i++) {
            Object value = values.get(i);
            // A row that is copied has columns without a value.
            if (value != null) elements[i] = element.apply(value);
        }
        return elements;
    }

    /**
     * An array of ids. Only a connection that {@link PostgresStore} has made takes it in binary; on
     * others it is text.
     */
    private static final class Ids extends PGobject implements PGBinaryObject {
        @Serial private static final long serialVersionUID = 1;

        /** Of the array: dimensions, whether there are nulls, type, length, the first's number. */
        private static final int HEADER = 20;

        private static final int LENGTH = 4;
        private static final int ID = 16;
        private static final int UUID_OID = 2950;

        private final transient List<@Nullable UUID> ids;

        Ids(List<?> values) {
            var all = new ArrayList<@Nullable UUID>(values.size());
            for (Object value : values) all.add((UUID) value);
            ids = all;
            type = "_uuid";
        }

        @Override
        public String getValue() {
            var text = new StringBuilder("{");
            for (UUID id : ids) text.append(text.length() == 1 ? "" : ",").append(id);
            return text.append('}').toString();
        }

        @Override
        public int lengthInBytes() {
            int bytes = HEADER;
            for (UUID id : ids) bytes += id == null ? LENGTH : LENGTH + ID;
            return bytes;
        }

        @Override
        public void toBytes(byte[] bytes, int offset) {
            ByteBuffer to = ByteBuffer.wrap(bytes, offset, bytes.length - offset);
            to.putInt(1).putInt(ids.contains(null) ? 1 : 0).putInt(UUID_OID);
            to.putInt(ids.size()).putInt(1);
            for (UUID id : ids)
                if (id == null) to.putInt(-1);
                else
                    to.putInt(ID)
                            .putLong(id.getMostSignificantBits())
                            .putLong(id.getLeastSignificantBits());
        }

        /** The driver calls it for a value that it has read, and none is read into this. */
        @Override
        public void setByteValue(byte[] value, int offset) {
            throw new UnsupportedOperationException("only to be written");
        }
    }
}
