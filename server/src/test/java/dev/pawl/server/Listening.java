package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One who listens to a stream of events, and is told what the test asks for next. */
final class Listening implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;
    private String id = "";

    Listening(HttpResponse<InputStream> response) {
        this.response = response;
        this.lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    record Told(String event, String id, JsonNode data) {
        String text(String field) {
            return data.path(field).asString("");
        }

        @Override
        public String toString() {
            return event + " " + (data.has("state") ? text("state") : text("text"));
        }
    }

    int status() {
        return response.statusCode();
    }

    /** The id of the last block, with data or without. */
    String id() {
        return id;
    }

    /** Waits for the next event; the stream must not be over. */
    Told next() throws IOException {
        Told told = nextOrEnd();
        if (told == null) throw new AssertionError("the stream is over");
        return told;
    }

    /** Waits until the stream is over; nothing more is told. */
    void end() throws IOException {
        Told told = nextOrEnd();
        assertThat(told).as("the stream goes on").isNull();
    }

    /** The next line of a stream that is none of events. */
    String line() throws IOException {
        return String.valueOf(lines.readLine());
    }

    private @Nullable Told nextOrEnd() throws IOException {
        String event = "";
        String data = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event: ")) event = line.substring(7);
            else if (line.startsWith("id: ")) id = line.substring(4);
            else if (line.startsWith("data: ")) data = line.substring(6);
            else if (line.isEmpty() && !data.isEmpty())
                return new Told(event, id, JSON.readTree(data));
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
