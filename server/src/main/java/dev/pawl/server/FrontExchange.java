package dev.pawl.server;

import dev.pawl.core.Artifact;
import dev.pawl.core.User;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** One request to a front, and its answer. Of one thread; a request is answered once. */
public final class FrontExchange {
    private final Exchange exchange;
    private final Identity identity;
    private final Server.Foreign foreign;

    FrontExchange(Exchange exchange, Server.Foreign foreign) {
        this.exchange = exchange;
        this.identity = foreign.identity();
        this.foreign = foreign;
    }

    /** The requests to this front, by method, route and status, since the start. */
    public List<Figure> served() {
        return foreign.metrics().served(foreign.name());
    }

    /** The attempts that were claimed and ended in this process, by tool and outcome. */
    public List<Figure> ran() {
        return foreign.metrics().ran();
    }

    /** Who asks, as far as the route wanted to know. */
    public Caller caller() {
        return exchange.caller();
    }

    /** Whether those who show nothing may do something here. */
    public boolean openToAll() {
        return exchange.options().anonymous().isPresent();
    }

    /**
     * What the store keeps under that name to sign with: random, the same for all its servers, and
     * shown to nobody.
     */
    public String secret(String name) {
        return identity.secret(name);
    }

    public Identity identity() {
        return identity;
    }

    /**
     * The user of that name and password.
     *
     * @throws Refused with 401, 429 or 503
     */
    public User signIn(String name, String password) throws InterruptedException {
        return identity.signIn(exchange, name, password);
    }

    /** The fields of a URL-encoded form; empty where the body is none. */
    public Optional<Map<String, String>> form() {
        return exchange.form();
    }

    public Site site() {
        return exchange.site();
    }

    /** The part of the path that the route calls so, decoded. */
    public String path(String name) {
        return exchange.path(name);
    }

    /** The first value of a query parameter; empty for none, and for no text. */
    public Optional<String> query(String name) {
        return exchange.query(name);
    }

    /** The first value of a header; empty for none, and for blanks. */
    public Optional<String> header(String name) {
        return exchange.header(HeaderNames.create(name));
    }

    /**
     * The body as JSON.
     *
     * @throws Refused with 400, 408, 413 or 415 when it is none, comes too slowly, is too large, or
     *     is of another type
     */
    public JsonNode json() {
        return exchange.json();
    }

    /**
     * A body that was read, as JSON.
     *
     * @throws Refused with 400 when it is none
     */
    public JsonNode json(byte[] body) {
        return Exchange.json(body, "the body");
    }

    /**
     * The body.
     *
     * @throws Refused with 408 or 413 when it comes too slowly or is too large
     */
    public byte[] body() {
        return exchange.body();
    }

    /** Sets a header of the answer. */
    public void set(String header, String value) {
        exchange.response().headers().set(HeaderNames.create(header), value);
    }

    public void answer(int status, JsonNode json) {
        exchange.answer(status, json);
    }

    public void answer(int status, String mediaType, String text) {
        exchange.response().status(Status.create(status));
        exchange.answer(mediaType, text);
    }

    /** Answers with a kept file, or with the part of it that was asked for. */
    public void answer(Artifact artifact) throws IOException {
        Download.answer(exchange, artifact);
    }
}
