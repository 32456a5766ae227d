package dev.pawl.server.toolrunner;

import dev.pawl.api.Json;
import dev.pawl.core.Artifact;
import dev.pawl.core.Job;
import dev.pawl.core.PastJob;
import dev.pawl.core.Progress;
import dev.pawl.core.Store;
import dev.pawl.server.FrontSession;
import dev.pawl.server.FrontSocket;
import dev.pawl.server.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Tells one client over {@code /ws} how its jobs get on, until they are complete. */
final class Updates implements FrontSocket.Talk {
    /** From the contract: a client that hears nothing for long takes the connection for dead. */
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final FrontSession session;

    Updates(FrontSession session) {
        this.session = session;
    }

    @Override
    public void heard(String text) throws FrontSession.Gone {
        switch (Json.read(text.getBytes(StandardCharsets.UTF_8))) {
            case Json.Reading.Read(var node) -> heard(node);
            case Json.Reading.Unreadable(var reason) -> error("This is no JSON: " + reason);
        }
    }

    private void heard(JsonNode said) throws FrontSession.Gone {
        switch (said.path("action").stringValue("")) {
            case "ping" -> session.say(message("pong").toString());
            case "subscribe" -> subscribe(said.path("job_id").stringValue(""));
            default -> error("Unknown action; known are subscribe and ping");
        }
    }

    private void subscribe(String id) throws FrontSession.Gone {
        Optional<Job> job = JobRoutes.find(store(), session.caller(), id);
        if (job.isEmpty()) {
            error("Job not found: " + id);
            return;
        }
        try {
            session.follow(job.get().id(), EVERY, new Telling(job.get()));
        } catch (Refused e) {
            error(e.problem().detail());
        }
    }

    private void error(String message) throws FrontSession.Gone {
        session.say(message("error").put("message", message).toString());
    }

    private Store store() {
        return session.site().engine().store();
    }

    private static ObjectNode message(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    /** Tells of one job. */
    private final class Telling implements FrontSession.Follower {
        private final Job first;
        private @Nullable String last;

        Telling(Job first) {
            this.first = first;
        }

        @Override
        public boolean look(boolean changed) throws FrontSession.Gone {
            if (last != null && !changed) {
                session.say(last);
                return true;
            }
            Optional<Job> found = store().find(first.id());
            if (found.isEmpty()) {
                error("Job is gone: " + first.id());
                return false;
            }
            Job job = found.get();
            if (job.state().ended()) {
                session.say(complete(job).toString());
                return false;
            }
            last = progress(job).toString();
            session.say(last);
            return true;
        }

        private ObjectNode progress(Job job) {
            String status = JobDocument.status(job.state().name());
            return message("progress")
                    .put("job_id", PastJob.name(job))
                    .put("tool_name", job.submission().tool().name())
                    .put("status", status)
                    .put("progress", JobDocument.percent(job))
                    .put("message", job.progress().map(Progress::text).orElse("Job " + status));
        }

        private ObjectNode complete(Job job) {
            ObjectNode node =
                    message("complete")
                            .put("job_id", PastJob.name(job))
                            .put("status", JobDocument.status(job.state().name()));
            var files = node.putArray("output_files");
            for (Artifact artifact : store().artifacts(job.id())) files.add(artifact.name());
            return node.put("duration", JobDocument.duration(job).orElse(null))
                    .put("error", JobDocument.error(store(), job).orElse(null));
        }
    }
}
