package dev.pawl.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Callers of an HTTP server, in a process of their own: each has one connection, and sends its next
 * request when the last one is answered. The least there can be of a client, so that what is
 * measured is the server.
 */
final class HttpLoad {
    /** Stands in a body for a number that no other request of this run has. */
    static final String NUMBER = "########";

    private static final AtomicInteger NUMBERS = new AtomicInteger(10_000_000);

    private HttpLoad() {}

    /**
     * What came of it.
     *
     * @param perSecond requests
     */
    record Result(double perSecond, double p50Millis, double p99Millis) {}

    /** What is asked, and how often. */
    record Ask(int port, String method, String path, String type, String body, int connections) {
        byte[] bytes() {
            byte[] utf8 = body.getBytes(StandardCharsets.UTF_8);
            String entity =
                    body.isEmpty()
                            ? ""
                            : "Content-Type: %s\r\nContent-Length: %d\r\n"
                                    .formatted(type, utf8.length);
            return "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s"
                    .formatted(method, path, entity, body)
                    .getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Runs callers in a child process. */
    static Result run(Ask ask, int requests) throws Exception {
        Path body = Files.createTempFile("pawl-load", ".body");
        try {
            Files.write(body, ask.bytes());
            String said =
                    Child.run(
                            HttpLoad.class,
                            Integer.toString(ask.port()),
                            Integer.toString(ask.connections()),
                            Integer.toString(requests),
                            Integer.toString(NUMBERS.getAndAdd(requests)),
                            body.toString());
            double[] numbers =
                    Arrays.stream(said.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
            return new Result(numbers[0], numbers[1], numbers[2]);
        } finally {
            Files.delete(body);
        }
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        int connections = Integer.parseInt(arguments[1]);
        int requests = Integer.parseInt(arguments[2]);
        int number = Integer.parseInt(arguments[3]);
        byte[] ask = Files.readAllBytes(Path.of(arguments[4]));
        var times = new long[requests];
        var next = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        var failed = new AtomicInteger();
        long begun = Jobs.TIME.nanos();
        for (int c = 0; c < connections; c++)
            callers.add(
                    Thread.ofPlatform()
                            .name("caller-" + c)
                            .start(() -> {
                                try (var socket = new Socket("localhost", port)) {
                                    socket.setTcpNoDelay(true);
                                    call(socket, ask.clone(), number, times, next);
                                } catch (IOException e) {
                                    System.err.println(e);
                                    failed.incrementAndGet();
                                }
                            }));
        for (Thread caller : callers) caller.join();
        double seconds = (Jobs.TIME.nanos() - begun) / 1e9;
        if (failed.get() > 0) System.exit(1);
        Arrays.sort(times);
        System.out.printf(
                Locale.ROOT,
                "%f %f %f%n",
                requests / seconds,
                times[requests / 2] / 1e6,
                times[requests * 99 / 100] / 1e6);
    }

    private static void call(
            Socket socket, byte[] ask, int number, long[] times, AtomicInteger next)
            throws IOException {
        int place = new String(ask, StandardCharsets.ISO_8859_1).indexOf(NUMBER);
        OutputStream out = socket.getOutputStream();
        var in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        for (int i = next.getAndIncrement(); i < times.length; i = next.getAndIncrement()) {
            if (place >= 0) {
                byte[] digits = Integer.toString(number + i).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(digits, 0, ask, place, digits.length);
            }
            long sent = Jobs.TIME.nanos();
            out.write(ask);
            byte[] _ = answer(in);
            times[i] = Jobs.TIME.nanos() - sent;
        }
    }

    /** Reads one answer to its end and answers its body; anything but a success is thrown. */
    static byte[] answer(InputStream in) throws IOException {
        String status = line(in);
        if (!status.startsWith("HTTP/1.1 2")) throw new IOException("answered " + status);
        int length = 0;
        boolean chunked = false;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:"))
                length = Integer.parseInt(lower.substring(15).strip());
            if (lower.equals("transfer-encoding: chunked")) chunked = true;
        }
        if (!chunked) return in.readNBytes(length);
        var body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(in), 16);
            body.writeBytes(in.readNBytes(size));
            String _ = line(in);
            if (size == 0) return body.toByteArray();
        }
    }

    static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new IOException("hung up");
            if (c != '\r') line.append((char) c);
        }
        return line.toString();
    }
}
