package dev.pawl.server;

import dev.pawl.core.Session;
import dev.pawl.core.User;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes that sign in and out, and the page for it. */
record SessionRoutes(Identity identity, Access access) {
    private static final HeaderName CONTENT_SECURITY_POLICY =
            HeaderNames.create("Content-Security-Policy");

    /** From JSON, answered in JSON; from the page's form, answered by the page or a redirect. */
    void signIn(Exchange exchange) throws InterruptedException, IOException {
        requireSameSite(exchange);
        Optional<Map<String, String>> sent = exchange.form();
        if (sent.isEmpty()) {
            var body = new Body(exchange.json(), "name", "password");
            String name = body.word("name");
            String password = body.text("password", "");
            body.check();
            exchange.answer(200, document(begin(exchange, name, password)));
            return;
        }
        Map<String, String> form = sent.get();
        try {
            var _ =
                    begin(
                            exchange,
                            form.getOrDefault("name", "").strip(),
                            form.getOrDefault("password", ""));
        } catch (Refused e) {
            exchange.refusing(e.problem());
            page(exchange, e.problem().status(), e.problem().detail());
            return;
        }
        redirect(exchange, "../");
    }

    private Session begin(Exchange exchange, String name, String password)
            throws InterruptedException {
        User user = identity.signIn(exchange, name, password);
        var begun = identity.begin(user, Session.Kind.BROWSER, exchange.options().session());
        SessionCookie.set(exchange, begun.token(), exchange.options().session());
        return begun.session();
    }

    private static ObjectNode document(Session session) {
        User user = session.user();
        return caller(Caller.of(user)).put("expires_at", session.expiresAt().toString());
    }

    private static ObjectNode caller(Caller caller) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        if (!caller.name().isEmpty()) fields.put("name", caller.name());
        fields.put("role", caller.role().wire());
        if (!caller.tenant().isEmpty()) fields.put("tenant", caller.tenant());
        return fields;
    }

    /** Who the caller is, by whatever it shows. */
    static void who(Exchange exchange) {
        exchange.answer(caller(exchange.caller()));
    }

    /** Ends the session of the request's cookie, where there is one. */
    void signOut(Exchange exchange) {
        requireSameSite(exchange);
        boolean ended =
                SessionCookie.read(exchange.request().headers()).map(identity::end).orElse(false);
        SessionCookie.clear(exchange);
        exchange.answer(200, JsonNodeFactory.instance.objectNode().put("signed_out", ended));
    }

    /** The page to start from; a browser that may not see it is shown where to sign in. */
    void start(Exchange exchange) throws IOException {
        boolean browser = exchange.header(HeaderNames.ACCEPT).orElse("").contains("text/html");
        if (browser && !access.admits(exchange.request())) redirect(exchange, "sign-in");
        else StartPage.show(exchange);
    }

    static void page(Exchange exchange) throws IOException {
        page(exchange, 200, "");
    }

    private static void page(Exchange exchange, int status, String message) throws IOException {
        try (InputStream page = SessionRoutes.class.getResourceAsStream("sign-in.html")) {
            if (page == null) throw new IllegalStateException("sign-in.html is not in the jar");
            String text = new String(page.readAllBytes(), StandardCharsets.UTF_8);
            var headers = exchange.response().headers();
            headers.set(HeaderNames.CACHE_CONTROL, "no-store");
            headers.set(
                    CONTENT_SECURITY_POLICY,
                    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
                            + " frame-ancestors 'none'");
            exchange.response().status(Status.create(status));
            exchange.answer("text/html; charset=utf-8", text.replace("{{message}}", message));
        }
    }

    private static void redirect(Exchange exchange, String relative) {
        exchange.response().status(Status.SEE_OTHER_303);
        exchange.response().headers().set(HeaderNames.LOCATION, relative);
        exchange.response().send();
    }

    private static void requireSameSite(Exchange exchange) {
        SessionCookie.requireSameSite(
                exchange.request().headers(), exchange.request().prologue().method());
    }
}
