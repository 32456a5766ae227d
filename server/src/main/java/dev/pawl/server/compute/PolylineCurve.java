package dev.pawl.server.compute;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A polyline as Rhino's JSON for geometry: an object of the 3DM archive format (openNURBS), in
 * base64. Chunks are a type code, the length of what follows, that, and its CRC-32; all is
 * little-endian. The same bytes as rhino3dm 8.35 makes of the same points.
 */
record PolylineCurve(List<Point> points) {
    static final String TYPE = "Rhino.Geometry.PolylineCurve";

    private static final int OBJECT = 0x0002_7FFA;
    private static final int OBJECT_CLASS = 0x0002_FFFB;
    private static final int OBJECT_DATA = 0x0002_FFFC;
    private static final int OBJECT_END = 0x8002_7FFF;
    private static final int ARCHIVE_VERSION = 60;
    // Of the openNURBS that rhino3dm 8.35 has.
    private static final int OPENNURBS_VERSION = -1_869_833_980;
    private static final int CHUNK_HEAD = Integer.BYTES + Long.BYTES;

    /** Class 4ED7D4E6-E947-11D3-BFE5-0010830122F0, as a Windows GUID is stored. */
    private static final byte[] CLASS = {
        (byte) 0xE6,
        (byte) 0xD4,
        (byte) 0xD7,
        0x4E,
        0x47,
        (byte) 0xE9,
        (byte) 0xD3,
        0x11,
        (byte) 0xBF,
        (byte) 0xE5,
        0x00,
        0x10,
        (byte) 0x83,
        0x01,
        0x22,
        (byte) 0xF0
    };

    PolylineCurve {
        points = List.copyOf(points);
    }

    /** A corner. */
    record Point(double x, double y, double z) {}

    /**
     * The closed polyline through {@code [[x, y], …]}, or {@code [[x, y, z], …]}: where the last
     * point isn't the first, the first is added.
     *
     * @throws IllegalArgumentException when these are no two points or more
     */
    static PolylineCurve closed(JsonNode coordinates) {
        var points = new ArrayList<Point>();
        for (JsonNode point : coordinates) {
            boolean numbers = point.isArray() && (point.size() == 2 || point.size() == 3);
            for (JsonNode number : point) numbers &= number.isNumber();
            if (!numbers)
                throw new IllegalArgumentException(
                        "element %d is no point; want [x, y] or [x, y, z]"
                                .formatted(points.size()));
            points.add(
                    new Point(
                            point.path(0).doubleValue(),
                            point.path(1).doubleValue(),
                            point.path(2).asDouble(0)));
        }
        if (!coordinates.isArray() || points.size() < 2)
            throw new IllegalArgumentException("want a list of two points or more");
        if (!points.getFirst().equals(points.getLast())) points.add(points.getFirst());
        return new PolylineCurve(points);
    }

    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("version", 10_000)
                .put("archive3dm", ARCHIVE_VERSION)
                .put("opennurbs", OPENNURBS_VERSION)
                .put("data", Base64.getEncoder().encodeToString(archived()));
    }

    private byte[] archived() {
        int data = 1 + Integer.BYTES * 3 + points.size() * Double.BYTES * 4;
        int length = 3 * CHUNK_HEAD + CLASS.length + data + 2 * Integer.BYTES;
        ByteBuffer out = ByteBuffer.allocate(CHUNK_HEAD + length).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(OBJECT).putLong(length);
        int start = begin(out, OBJECT_CLASS, CLASS.length);
        end(out.put(CLASS), start);
        start = begin(out, OBJECT_DATA, data);
        end(write(out), start);
        out.putInt(OBJECT_END).putLong(0);
        return out.array();
    }

    private static int begin(ByteBuffer out, int type, int length) {
        return out.putInt(type).putLong(length + Integer.BYTES).position();
    }

    private static void end(ByteBuffer out, int start) {
        var crc = new CRC32();
        crc.update(out.slice(start, out.position() - start));
        out.putInt((int) crc.getValue());
    }

    /** Version 1.0 of the class: points, their parameters 0, 1, 2…, and the dimension. */
    private ByteBuffer write(ByteBuffer out) {
        out.put((byte) 0x10).putInt(points.size());
        for (Point point : points) out.putDouble(point.x).putDouble(point.y).putDouble(point.z);
        out.putInt(points.size());
        for (int i = 0; i < points.size(); i++) out.putDouble(i);
        return out.putInt(3);
    }
}
