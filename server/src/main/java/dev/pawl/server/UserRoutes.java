package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.core.Role;
import dev.pawl.core.User;
import dev.pawl.core.Users;
import dev.pawl.server.identity.Passwords;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes about users, for an admin of all tenants. */
record UserRoutes(Identity identity) {
    void create(Exchange exchange) throws InterruptedException {
        var body =
                new Body(
                        exchange.json(),
                        "name",
                        "password",
                        "role",
                        "tenant",
                        "email",
                        "full_name");
        String name = body.word("name");
        Role role = KeyRoutes.role(body, Role.USER);
        String tenant = KeyRoutes.tenant(body, role, "");
        String password = password(body);
        String email = body.text("email", "");
        String fullName = body.text("full_name", "");
        body.check();
        User user;
        try {
            user = identity.fresh(name, role, tenant).withDetails(email, fullName);
        } catch (IllegalArgumentException e) {
            throw Exchange.badRequest(String.valueOf(e.getMessage()));
        }
        if (!users(exchange).add(user, identity.hash(password)))
            throw new Refused(
                    Problem.of(
                            409,
                            "name_taken",
                            "The name is taken",
                            "user \"%s\" is there already".formatted(name)));
        exchange.answer(201, document(user));
    }

    private static String password(Body body) {
        String password = body.text("password", "");
        Passwords.problem(password).ifPresent(problem -> body.wrong("password", problem));
        return password;
    }

    static void list(Exchange exchange) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        var all = page.putArray("users");
        for (User user : users(exchange).all()) all.add(document(user));
        exchange.answer(page);
    }

    /** Changes what the body names. */
    void change(Exchange exchange) throws InterruptedException {
        User user = find(exchange);
        Users users = users(exchange);
        var body = new Body(exchange.json(), "password", "role", "tenant", "disabled");
        Role role = KeyRoutes.role(body, user.role());
        boolean moves = body.has("role") || body.has("tenant");
        boolean stays = role == user.role() && !body.has("tenant");
        String tenant = stays ? user.tenant() : KeyRoutes.tenant(body, role, "");
        String password = body.has("password") ? password(body) : "";
        boolean disabled = body.node("disabled").booleanValue(!user.enabled());
        if (body.has("disabled") && !body.node("disabled").isBoolean())
            body.wrong("disabled", "want true or false");
        body.check();
        boolean there = !moves || users.setRole(user.name(), role, tenant);
        if (!password.isEmpty()) there &= users.setPassword(user.name(), identity.hash(password));
        if (body.has("disabled")) there &= users.setDisabled(user.name(), disabled);
        if (!there) throw none(user.name());
        exchange.answer(document(find(exchange)));
    }

    /** Its jobs stay, and so does its name: nobody else becomes their owner. */
    static void disable(Exchange exchange) {
        User user = find(exchange);
        if (!users(exchange).setDisabled(user.name(), true)) throw none(user.name());
        exchange.answer(document(find(exchange)));
    }

    private static User find(Exchange exchange) {
        String name = exchange.path("user");
        return users(exchange).find(name).orElseThrow(() -> none(name));
    }

    private static Refused none(String name) {
        return new Refused(
                Problem.of(
                        404,
                        "user_not_found",
                        "There is no such user",
                        "there is no user \"%s\"; GET /v1/users shows those there are"
                                .formatted(name)));
    }

    private static Users users(Exchange exchange) {
        return exchange.site().users();
    }

    private static ObjectNode document(User user) {
        ObjectNode node =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", user.id())
                        .put("name", user.name())
                        .put("role", user.role().wire());
        if (!user.tenant().isEmpty()) node.put("tenant", user.tenant());
        if (!user.email().isEmpty()) node.put("email", user.email());
        if (!user.fullName().isEmpty()) node.put("full_name", user.fullName());
        node.put("status", user.enabled() ? "good" : "disabled")
                .put("created_at", user.createdAt().toString());
        user.disabledAt().ifPresent(at -> node.put("disabled_at", at.toString()));
        user.signedInAt().ifPresent(at -> node.put("signed_in_at", at.toString()));
        return node;
    }
}
