package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.ApiKey;
import dev.pawl.core.NewKey;
import dev.pawl.core.Role;
import dev.pawl.core.Submission;
import java.time.Instant;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes about the keys of callers: for an admin those of its tenant, or of all. */
final class KeyRoutes {
    private KeyRoutes() {}

    static void create(Exchange exchange) {
        Instant now = exchange.site().time().instant();
        var body = new Body(exchange.json(), "name", "role", "tenant", "expires_at");
        String name = body.word("name");
        Role role = role(body, Role.USER);
        Instant until = body.moment("expires_at", Instant.MAX);
        if (!until.isAfter(now)) body.wrong("expires_at", "is over already");
        String own = exchange.caller().tenant();
        String tenant = tenant(body, role, own);
        if (!own.isEmpty() && !own.equals(tenant))
            body.wrong("tenant", "want \"%s\", which is yours".formatted(own));
        body.check();
        NewKey made;
        try {
            made = NewKey.of(name, role, tenant, now, until, exchange.site().random());
        } catch (IllegalArgumentException e) {
            throw Exchange.badRequest(String.valueOf(e.getMessage()));
        }
        exchange.site().keys().add(made.key(), made.sha256());
        exchange.answer(201, document(made.key(), now).put("key", made.secret()));
    }

    static void list(Exchange exchange) {
        Instant now = exchange.site().time().instant();
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var keys = page.putArray("keys");
        for (ApiKey key : exchange.site().keys().all())
            if (reaches(exchange.caller(), key)) keys.add(document(key, now));
        exchange.answer(page);
    }

    static void revoke(Exchange exchange) {
        String id = exchange.path("key");
        ApiKey key = find(exchange, id);
        if (!exchange.site().keys().revoke(key.id())) throw none(id);
        exchange.answer(document(find(exchange, id), exchange.site().time().instant()));
    }

    private static ApiKey find(Exchange exchange, String id) {
        return exchange.site().keys().all().stream()
                .filter(key -> key.id().equals(id) && reaches(exchange.caller(), key))
                .findFirst()
                .orElseThrow(() -> none(id));
    }

    private static boolean reaches(Caller caller, ApiKey key) {
        return caller.reachesAll() || caller.tenant().equals(key.tenant());
    }

    private static Refused none(String id) {
        return new Refused(
                Problem.of(
                        404,
                        "key_not_found",
                        "There is no such key",
                        "there is no key \"%s\"; GET /v1/keys shows those there are"
                                .formatted(id)));
    }

    /** A role that the body says. */
    static Role role(Body body, Role standard) {
        String text = body.text("role", standard.wire());
        var role = Role.ofWire(text);
        if (role.isEmpty()) body.wrong("role", "want admin, user or viewer");
        return role.orElse(standard);
    }

    /**
     * The tenant that the body says.
     *
     * @param own the caller's; empty for all
     */
    static String tenant(Body body, Role role, String own) {
        if (body.has("tenant")) return body.word("tenant");
        if (!own.isEmpty()) return own;
        return role == Role.ADMIN ? "" : Submission.DEFAULT_TENANT;
    }

    private static ObjectNode document(ApiKey key, Instant now) {
        ObjectNode node =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", key.id())
                        .put("name", key.name())
                        .put("role", key.role().wire());
        if (!key.tenant().isEmpty()) node.put("tenant", key.tenant());
        String ended = key.revokedAt().isPresent() ? "revoked" : "expired";
        node.put("status", key.holds(now) ? "good" : ended)
                .put("created_at", key.createdAt().toString());
        if (!key.expiresAt().equals(Instant.MAX))
            node.put("expires_at", key.expiresAt().toString());
        key.revokedAt().ifPresent(at -> node.put("revoked_at", at.toString()));
        key.usedAt().ifPresent(at -> node.put("used_at", at.toString()));
        return node;
    }
}
