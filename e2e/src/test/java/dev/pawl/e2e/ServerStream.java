package dev.pawl.e2e;

import dev.pawl.core.Time;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A job's events (SSE) as they arrive from one server, read on a thread of its own. */
final class ServerStream implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * @param words the kind of event with its state or text
     * @param nanos when it arrived, on this machine's monotonic clock
     */
    record Told(String words, String id, long nanos) {}

    private final LinkedBlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final Time time;
    private final BufferedReader lines;
    private final Thread reader;

    /**
     * @param after id of the last event that was told elsewhere; empty for the beginning
     */
    ServerStream(HttpClient client, String server, String job, String after, Time time)
            throws IOException, InterruptedException {
        this.time = time;
        var request = HttpRequest.newBuilder(URI.create(server + "/v1/jobs/" + job + "/events"));
        if (!after.isEmpty()) request.header("Last-Event-ID", after);
        var answer = client.send(request.build(), BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) throw new AssertionError("status " + answer.statusCode());
        lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        reader = Thread.ofVirtual().name("stream").start(this::read);
    }

    private void read() {
        try {
            String event = "";
            String id = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) event = line.substring(7);
                else if (line.startsWith("id: ")) id = line.substring(4);
                else if (line.startsWith("data: ")) {
                    JsonNode data = JSON.readTree(line.substring(6));
                    String what = data.path(data.has("state") ? "state" : "text").asString("");
                    told.add(new Told(event + " " + what, id, time.nanos()));
                }
            }
        } catch (IOException e) {
            // The test has hung up, or the server is gone: what is missing, the test says.
        }
    }

    /** The next event. */
    Told next() throws InterruptedException {
        Told next = told.poll(60, TimeUnit.SECONDS);
        if (next == null) throw new AssertionError("nothing was told");
        return next;
    }

    @Override
    public void close() {
        reader.interrupt();
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
