package dev.pawl.bench;

import dev.pawl.api.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/**
 * Subscribers of the tool runner's updates, each with a connection and a job of its own, in one
 * process of their own. A message that says when its change was about to be written is timed once;
 * both processes read the same monotonic clock, which is the machine's.
 */
final class SocketLoad implements AutoCloseable {
    private final Process child;
    private final BufferedReader said;

    private SocketLoad(Process child) {
        this.child = child;
        this.said =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Answers when all are subscribed. */
    static SocketLoad start(int port, List<String> jobs) throws IOException {
        Path ids = Files.createTempFile("pawl-load", ".ids");
        Files.write(ids, jobs);
        var load =
                new SocketLoad(
                        new ProcessBuilder(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-Xmx256m",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        SocketLoad.class.getName(),
                                        Integer.toString(port),
                                        ids.toString())
                                .redirectError(ProcessBuilder.Redirect.INHERIT)
                                .start());
        String ready = load.said.readLine();
        Files.delete(ids);
        if (ready == null || !ready.equals("ready")) throw new IOException("said " + ready);
        return load;
    }

    /** What the subscribers heard. */
    String finish() throws IOException {
        child.getOutputStream().close();
        String line = said.readLine();
        if (line == null) throw new IOException("the subscribers failed");
        return line;
    }

    @Override
    public void close() {
        child.destroyForcibly().onExit().join();
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        List<String> ids = Files.readAllLines(Path.of(arguments[1]));
        var nanos = new ConcurrentLinkedQueue<Long>();
        var subscribed = new CountDownLatch(ids.size());
        var clients = new ArrayList<WebSocket>();
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = URI.create("ws://localhost:" + port + "/ws");
            for (String id : ids) {
                var ear = new Ear(nanos, subscribed);
                WebSocket client = http.newWebSocketBuilder().buildAsync(uri, ear).join();
                client.sendText("{\"action\":\"subscribe\",\"job_id\":\"%s\"}".formatted(id), true)
                        .join();
                clients.add(client);
            }
            subscribed.await();
            System.out.println("ready");
            // Until the other side closes it.
            while (System.in.read() >= 0) {}
            long[] times = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
            System.out.printf(
                    "%d subscribers heard %,d changes, p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
                    ids.size(),
                    times.length,
                    times[times.length / 2] / 1e6,
                    times[times.length * 99 / 100] / 1e6,
                    Arrays.stream(times).max().orElse(0) / 1e6);
            clients.forEach(WebSocket::abort);
        }
    }

    private static final class Ear implements WebSocket.Listener {
        private final ConcurrentLinkedQueue<Long> nanos;
        private final CountDownLatch subscribed;
        private final StringBuilder text = new StringBuilder();
        private String last = "";

        Ear(ConcurrentLinkedQueue<Long> nanos, CountDownLatch subscribed) {
            this.nanos = nanos;
            this.subscribed = subscribed;
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean end) {
            long now = Jobs.TIME.nanos();
            text.append(part);
            if (end) {
                hear(now);
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }

        private void hear(long now) {
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            if (!(Json.read(bytes) instanceof Json.Reading.Read(var node))) return;
            if (last.isEmpty()) subscribed.countDown();
            String message = node.path("message").stringValue("");
            if (message.equals(last)) return;
            last = message;
            // The first ones say in words how the job is.
            if (message.matches("\\d+")) nanos.add(now - Long.parseLong(message));
        }
    }
}
