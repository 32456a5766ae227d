package dev.pawl.server.toolrunner;

import dev.pawl.api.Problem;
import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.ApiKey;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Role;
import dev.pawl.core.Session;
import dev.pawl.core.Submission;
import dev.pawl.core.User;
import dev.pawl.core.Users;
import dev.pawl.server.FrontExchange;
import dev.pawl.server.Identity;
import dev.pawl.server.Refused;
import dev.pawl.server.identity.Passwords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes about users and who is one: their roles are admin, user and guest, which is a viewer. */
final class AuthRoutes {
    private static final Duration ACCESS = Duration.ofMinutes(30);
    private static final Duration REFRESH = Duration.ofDays(7);
    private static final String GUEST = "guest";

    void register(FrontExchange exchange) throws InterruptedException {
        if (!exchange.openToAll() && !exchange.caller().reachesAll())
            throw refused(403, "Only an admin registers users here");
        JsonNode body = exchange.json();
        var errors = new ArrayList<FieldProblem>();
        String name = text(body, "username", errors);
        String password = text(body, "password", errors);
        Passwords.problem(password)
                .ifPresent(problem -> errors.add(new FieldProblem("/password", problem)));
        String email = body.path("email").stringValue("");
        String fullName = body.path("full_name").stringValue("");
        Optional<User> fresh = Optional.empty();
        try {
            fresh =
                    Optional.of(
                            exchange.identity()
                                    .fresh(name, Role.USER, Submission.DEFAULT_TENANT)
                                    .withDetails(email, fullName));
        } catch (IllegalArgumentException e) {
            errors.add(new FieldProblem("/username", String.valueOf(e.getMessage())));
        }
        if (!errors.isEmpty()) throw wrong(errors);
        // The jobs of a key of that name would be the newcomer's too.
        if (exchange.site().keys().all().stream().anyMatch(key -> key.name().equals(name)))
            throw taken();
        User user =
                users(exchange)
                        .register(fresh.orElseThrow(), exchange.identity().hash(password))
                        .orElseThrow(AuthRoutes::taken);
        exchange.answer(201, document(user));
    }

    /** By JSON, or by the form that OAuth 2 has for it. */
    void login(FrontExchange exchange) throws InterruptedException {
        Optional<java.util.Map<String, String>> form = exchange.form();
        String name;
        String password;
        if (form.isPresent()) {
            name = form.get().getOrDefault("username", "");
            password = form.get().getOrDefault("password", "");
        } else {
            JsonNode body = exchange.json();
            var errors = new ArrayList<FieldProblem>();
            name = text(body, "username", errors);
            password = text(body, "password", errors);
            if (!errors.isEmpty()) throw wrong(errors);
        }
        exchange.answer(200, tokens(exchange, exchange.signIn(name, password)));
    }

    /** Takes the token, which is good once, and gives out fresh ones. */
    void refresh(FrontExchange exchange) {
        var errors = new ArrayList<FieldProblem>();
        String token = text(exchange.json(), "refresh_token", errors);
        if (!errors.isEmpty()) throw wrong(errors);
        Identity identity = exchange.identity();
        Session session =
                identity.session(token, Session.Kind.REFRESH)
                        .filter(_ -> identity.end(token))
                        .orElseThrow(() -> refused(401, "Invalid refresh token"));
        exchange.answer(200, tokens(exchange, session.user()));
    }

    void me(FrontExchange exchange) {
        exchange.answer(200, document(own(exchange)));
    }

    /** Ends the refresh token that is named, else all sessions of the user. */
    void logout(FrontExchange exchange) {
        User user = own(exchange);
        byte[] body = exchange.body();
        String token =
                body.length == 0 ? "" : exchange.json(body).path("refresh_token").stringValue("");
        if (token.isEmpty()) users(exchange).endAll(user.name());
        else {
            var _ = exchange.identity().end(token);
        }
        exchange.answer(200, message("Logged out"));
    }

    // ---- For admins

    void list(FrontExchange exchange) {
        List<User> all = users(exchange).all();
        ObjectNode page = JsonNodeFactory.instance.objectNode().put("total", all.size());
        var users = page.putArray("users");
        for (User user : all) users.add(document(user));
        exchange.answer(200, page);
    }

    void one(FrontExchange exchange) {
        exchange.answer(200, document(find(exchange)));
    }

    /** Sets the role and whether it may sign in, where the body says so. */
    void change(FrontExchange exchange) {
        User user = find(exchange);
        JsonNode body = exchange.json();
        var errors = new ArrayList<FieldProblem>();
        Optional<Role> role = role(body.path("role").stringValue(""));
        if (body.has("role") && role.isEmpty())
            errors.add(new FieldProblem("/role", "want admin, user or guest"));
        JsonNode active = body.path("is_active");
        if (body.has("is_active") && !active.isBoolean())
            errors.add(new FieldProblem("/is_active", "want true or false"));
        if (!errors.isEmpty()) throw wrong(errors);
        boolean there = true;
        if (role.isPresent() && role.get() != user.role()) {
            String tenant = role.get() == Role.ADMIN ? "" : Submission.DEFAULT_TENANT;
            there = users(exchange).setRole(user.name(), role.get(), tenant);
        }
        if (active.isBoolean())
            there &= users(exchange).setDisabled(user.name(), !active.booleanValue());
        if (!there) throw none();
        exchange.answer(200, document(find(exchange)));
    }

    /** It is let in no more; it stays, for its jobs name it. */
    void remove(FrontExchange exchange) {
        User user = find(exchange);
        if (!users(exchange).setDisabled(user.name(), true)) throw none();
        exchange.answer(200, message("User %s deactivated".formatted(user.name())));
    }

    private static User find(FrontExchange exchange) {
        String id = exchange.path("id");
        return users(exchange).all().stream()
                .filter(user -> user.id().equals(id))
                .findFirst()
                .orElseThrow(AuthRoutes::none);
    }

    /** The caller, who has to be a user; a key is none. */
    private static User own(FrontExchange exchange) {
        String name = exchange.caller().name();
        return users(exchange)
                .find(name.equals(ApiKey.ANONYMOUS) ? "" : name)
                .filter(User::enabled)
                .orElseThrow(() -> refused(401, "Not authenticated"));
    }

    private static ObjectNode tokens(FrontExchange exchange, User user) {
        Identity identity = exchange.identity();
        var refresh = identity.begin(user, Session.Kind.REFRESH, REFRESH);
        return JsonNodeFactory.instance
                .objectNode()
                .put("access_token", identity.accessToken(user, ACCESS))
                .put("refresh_token", refresh.token())
                .put("token_type", "bearer")
                .put("expires_in", ACCESS.toSeconds());
    }

    private static ObjectNode document(User user) {
        ObjectNode node =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", user.id())
                        .put("username", user.name())
                        .put("email", user.email())
                        .put("full_name", user.fullName())
                        .put("role", user.role() == Role.VIEWER ? GUEST : user.role().wire())
                        .put("is_active", user.enabled())
                        .put("created_at", user.createdAt().toString());
        if (user.signedInAt().isEmpty()) return node.putNull("last_login");
        return node.put("last_login", user.signedInAt().get().toString());
    }

    private static Optional<Role> role(String text) {
        return text.equals(GUEST) ? Optional.of(Role.VIEWER) : Role.ofWire(text);
    }

    private static String text(JsonNode body, String name, List<FieldProblem> errors) {
        JsonNode value = body.path(name);
        if (value.isMissingNode()) errors.add(new FieldProblem("/" + name, "is missing"));
        else if (!value.isString()) errors.add(new FieldProblem("/" + name, "want text"));
        return value.stringValue("");
    }

    private static ObjectNode message(String text) {
        return JsonNodeFactory.instance.objectNode().put("message", text);
    }

    private static Users users(FrontExchange exchange) {
        return exchange.site().users();
    }

    private static Refused wrong(List<FieldProblem> errors) {
        return new Refused(
                Problem.of(ErrorCode.INPUT_INVALID, "fields are wrong").withErrors(errors));
    }

    private static Refused taken() {
        return refused(400, "Username already registered");
    }

    private static Refused none() {
        return refused(404, "User not found");
    }

    private static Refused refused(int status, String detail) {
        return new Refused(Problem.of(status, "refused", "Refused", detail));
    }
}
