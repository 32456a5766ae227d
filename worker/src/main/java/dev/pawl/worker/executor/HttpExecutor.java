package dev.pawl.worker.executor;

import dev.pawl.core.Artifacts;
import dev.pawl.core.Attempt;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Executor;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.Time;
import dev.pawl.tool.DurationText;
import dev.pawl.tool.Run;
import dev.pawl.tool.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Runs a tool that is a request to a server. The exchange has a thread of its own, which an
 * interrupt or the end of the time ends: the client's own timeout doesn't cover the body.
 */
final class HttpExecutor implements Executor {
    private final Tool tool;
    private final Run.Http run;
    private final HttpClient client;
    private final Artifacts artifacts;
    private final Time time;

    HttpExecutor(Tool tool, Run.Http run, HttpClient client, Artifacts artifacts, Time time) {
        this.tool = tool;
        this.run = run;
        this.client = client;
        this.artifacts = artifacts;
        this.time = time;
    }

    @Override
    public Outcome run(Attempt attempt) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        try {
            HttpRequest request = new HttpRequests(run, artifacts).request(attempt.job());
            String what = HttpRequests.shown(request);
            attempt.progress(0, what);
            long begun = time.nanos();
            HttpReply reply = exchange(request);
            attempt.log(
                    LogLine.Stream.PAWL,
                    "%s: %d after %d ms"
                            .formatted(
                                    what,
                                    reply.status(),
                                    TimeUnit.NANOSECONDS.toMillis(time.nanos() - begun)));
            return new HttpEnd(tool, run, artifacts, time).of(what, reply);
        } catch (JobFailure e) {
            return new Outcome.Failed(e.error(), List.of());
        } catch (UncheckedIOException e) {
            return new Outcome.Failed(
                    InputTrouble.failure(Path.of("input file"), e).error(), List.of());
        }
    }

    private HttpReply exchange(HttpRequest request) throws InterruptedException {
        var exchange = new FutureTask<>(() -> HttpReply.of(request, client));
        Thread thread = Thread.ofVirtual().name("http").start(exchange);
        try {
            return exchange.get(run.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new JobFailure(
                    ErrorClass.TIMEOUT,
                    "%s: no whole answer within %s"
                            .formatted(HttpRequests.shown(request), DurationText.of(run.timeout())),
                    Duration.ZERO);
        } catch (ExecutionException e) {
            throw failure(HttpRequests.shown(request), e.getCause());
        } finally {
            exchange.cancel(true);
            thread.join();
        }
    }

    private static RuntimeException failure(String what, @Nullable Throwable cause) {
        return switch (cause) {
            case JobFailure e -> e;
            case UncheckedIOException e -> e;
            case SSLHandshakeException e ->
                    JobFailure.configuration("%s: %s".formatted(what, e.getMessage()));
            case HttpConnectTimeoutException _ ->
                    JobFailure.temporary(what + ": the server doesn't answer a connection");
            case IOException e -> JobFailure.temporary("%s: %s".formatted(what, reason(e)));
            case null, default -> JobFailure.temporary("%s: %s".formatted(what, cause));
        };
    }

    /** The client says little of some errors; the type says more than nothing. */
    private static String reason(IOException e) {
        return e.getMessage() == null || e.getMessage().isBlank()
                ? e.getClass().getSimpleName()
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
