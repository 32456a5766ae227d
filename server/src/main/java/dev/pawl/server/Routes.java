package dev.pawl.server;

import io.helidon.http.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Every route of the native API, one line each, in the order of the documentation. */
final class Routes {
    /**
     * One route.
     *
     * @param path as in OpenAPI; {@code {+name}} takes slashes too
     * @param need what it wants of its caller
     * @param queries the query parameters it knows; others are refused
     * @param body the schemas of its body in {@code schemas.json}, one per type of body; empty for
     *     none
     * @param answers the schema of its answer by media type
     */
    record Route(
            Method method,
            String path,
            String summary,
            Exchange.Handler handler,
            Need need,
            Set<String> queries,
            List<String> body,
            Map<String, String> answers) {
        Route takes(String... schemas) {
            return new Route(
                    method, path, summary, handler, need, queries, List.of(schemas), answers);
        }

        Route answers(String schema) {
            return answers("application/json", schema);
        }

        /** This beside what it answers already. */
        Route answers(String mediaType, String schema) {
            var all = new TreeMap<String, String>(answers);
            all.put(mediaType, schema);
            return new Route(method, path, summary, handler, need, queries, body, all);
        }

        /** Another need than reading's or writing's. */
        Route needs(Need other) {
            return new Route(method, path, summary, handler, other, queries, body, answers);
        }

        Route queries(String... names) {
            return queries(Set.of(names));
        }

        /** These beside those that it knows. */
        Route queries(Set<String> names) {
            var known = new TreeSet<String>(queries);
            known.addAll(names);
            return new Route(method, path, summary, handler, need, known, body, answers);
        }
    }

    private final List<Route> all;

    Routes(
            Endings endings,
            EventTail tail,
            Claims claims,
            Metrics metrics,
            HealthRoutes health,
            SessionRoutes sessions) {
        var submits = new SubmitRoutes(endings);
        var events = new EventRoutes(tail);
        var jobs = new JobRoutes(endings, events);
        var all = new ArrayList<Route>();
        all.addAll(jobs(submits, new ListRoutes(events), jobs));
        all.addAll(events(events));
        all.addAll(around());
        all.addAll(operators(shared()));
        all.addAll(sessions(sessions));
        all.addAll(keys());
        all.addAll(operators(users(new UserRoutes(sessions.identity()))));
        all.addAll(operators(webhooks()));
        all.addAll(health(health));
        all.addAll(operators(leases(new LeaseRoutes(claims))));
        all.addAll(operators(attempts(new AttemptRoutes(claims.hints()))));
        all.add(
                get("/metrics", "Figures for Prometheus", metrics::show)
                        .answers("text/plain", "Figures")
                        .needs(Need.OPERATOR));
        all.addAll(pages(all, sessions));
        this.all = List.copyOf(all);
    }

    /** About what tenants share. */
    private static List<Route> operators(List<Route> routes) {
        return routes.stream().map(route -> route.needs(Need.OPERATOR)).toList();
    }

    private static List<Route> jobs(SubmitRoutes submits, ListRoutes lists, JobRoutes jobs) {
        return List.of(
                post("/v1/jobs", "Submit a job", submits::one)
                        .takes("Submit", "SubmitForm")
                        .answers("Accepted"),
                post("/v1/jobs:batch", "Submit jobs, an array or a line each", submits::batch)
                        .takes("SubmitBatch")
                        .answers("AcceptedBatch"),
                get("/v1/jobs", "List jobs, newest first", lists::list)
                        .queries(Filters.NAMES)
                        .queries("limit", "cursor")
                        .answers("JobPage")
                        .answers(Sse.MEDIA_TYPE, "Snapshots"),
                get("/v1/jobs/count", "Count jobs", ListRoutes::count)
                        .queries(Filters.NAMES)
                        .answers("JobCount"),
                post("/v1/jobs:cancel", "Cancel what a filter holds", BulkRoutes::cancel)
                        .takes("Bulk")
                        .answers("BulkDone"),
                post("/v1/jobs:redrive", "Redrive what a filter holds", BulkRoutes::redrive)
                        .takes("BulkRedrive")
                        .answers("BulkDone"),
                post("/v1/jobs:discard", "Discard what a filter holds", BulkRoutes::discard)
                        .takes("Bulk")
                        .answers("BulkDone"),
                get("/v1/jobs/{id}", "One job; Prefer: wait=N waits for its end", jobs::one)
                        .answers("Job"),
                get("/v1/jobs/{id}/output", "Its output", jobs::output).answers("Output"),
                get("/v1/jobs/{id}/logs", "Its log", jobs::logs)
                        .queries("after_attempt", "after_seq", "limit", "follow")
                        .answers("LogPage")
                        .answers("application/x-ndjson", "LogLines"),
                get("/v1/jobs/{id}/why", "Why it is where it is", jobs::why).answers("Why"),
                get("/v1/jobs/{id}/cache", "Whether the cache answered it, and why", jobs::cache)
                        .answers("CacheWhy"),
                get("/v1/jobs/{id}/artifacts", "Its artifacts", jobs::artifacts)
                        .answers("Artifacts"),
                get("/v1/jobs/{id}/artifacts/{+name}", "One artifact's bytes", jobs::artifact)
                        .answers("*/*", "Bytes"),
                post("/v1/jobs/{id}:cancel", "Cancel it", jobs::cancel).answers("Done"),
                post("/v1/jobs/{id}:redrive", "Send it back to its queue", jobs::redrive)
                        .answers("Done"),
                post("/v1/jobs/{id}:discard", "Remove it for good", jobs::discard).answers("Done"),
                get("/v1/dead", "How many died of what, and the newest", ListRoutes::dead)
                        .queries(Filters.WITHOUT_STATE)
                        .queries("limit")
                        .answers("DeadLetters"),
                get("/v1/dead/{id}", "A dead job: its attempts, the end of its log", jobs::dead)
                        .answers("DeadLetter"));
    }

    private static List<Route> events(EventRoutes events) {
        return List.of(
                get("/v1/jobs/{id}/events", "What happens to it, as a stream", events::ofJob)
                        .queries("after")
                        .answers(Sse.MEDIA_TYPE, "JobEvents"),
                get("/v1/events", "What happens to all jobs, as a stream", events::all)
                        .queries("after")
                        .answers(Sse.MEDIA_TYPE, "Events")
                        .needs(Need.OPERATOR));
    }

    private static List<Route> around() {
        return List.of(
                post("/v1/files", "Keep a file, for a job's input to name", FileRoutes::keep)
                        .queries("name")
                        .takes("Bytes")
                        .answers("File"),
                get("/v1/tools", "What can be run", ToolRoutes::list).answers("Tools"),
                get("/v1/tools:check", "Tools against their own examples", ToolRoutes::check)
                        .answers("ToolsCheck"),
                get("/v1/tools/{tool}", "One tool", ToolRoutes::one).answers("Tool"));
    }

    private static List<Route> shared() {
        return List.of(
                get("/v1/cache", "Results that answer later jobs", QueueRoutes::cache)
                        .queries("tool", "limit")
                        .answers("KeptResults"),
                post(
                                "/v1/cache:prune",
                                "Forget results over their time, or all",
                                QueueRoutes::prune)
                        .queries("all")
                        .answers("Pruned"),
                get("/v1/queues", "Queues and what is in them", QueueRoutes::list)
                        .answers("Queues"),
                put(
                                "/v1/queues/{queue}",
                                "Set its cap, its limits and its switch",
                                QueueRoutes::change)
                        .takes("QueueChange")
                        .answers("Queue"),
                post("/v1/queues/{queue}:pause", "Claim nothing of it", QueueRoutes::pause)
                        .answers("Queue"),
                post("/v1/queues/{queue}:resume", "Claim of it again", QueueRoutes::resume)
                        .answers("Queue"),
                get("/v1/limits", "What holds jobs back, and who holds it", QueueRoutes::limits)
                        .answers("Limits"),
                get("/v1/workers", "Workers that were heard of", QueueRoutes::workers)
                        .answers("Workers"),
                post("/v1/workers/{worker}:drain", "It is to end its work", WorkerRoutes::drain)
                        .answers("Worker"),
                post("/v1/workers/{worker}:reap", "It is gone: free its jobs", WorkerRoutes::reap)
                        .takes("Reap")
                        .answers("Reaped"),
                get("/v1/stats", "Jobs by state, queue and tool", QueueRoutes::stats)
                        .answers("Stats"));
    }

    private static List<Route> webhooks() {
        String one = "/v1/webhooks/{webhook}";
        return List.of(
                get("/v1/webhooks", "Who is told of events", WebhookRoutes::list)
                        .answers("Webhooks"),
                post("/v1/webhooks", "Add one; shows its secret, this once", WebhookRoutes::add)
                        .takes("NewWebhook")
                        .answers("MadeWebhook"),
                get(one, "One webhook", WebhookRoutes::one).answers("Webhook"),
                delete(one, "Remove it, and what is known of its deliveries", WebhookRoutes::remove)
                        .answers("WebhookRemoved"),
                post(one + ":enable", "Tell it of what comes", WebhookRoutes::enable)
                        .answers("Webhook"),
                post(one + ":disable", "Tell it nothing more", WebhookRoutes::disable)
                        .answers("Webhook"),
                post(one + ":rotate", "Another secret; shows it, this once", WebhookRoutes::rotate)
                        .queries("overlap")
                        .answers("MadeWebhook"),
                get(one + "/deliveries", "What was sent, newest first", WebhookRoutes::deliveries)
                        .queries("limit")
                        .answers("Deliveries"),
                post(one + ":replay", "Deliver again", WebhookRoutes::replay)
                        .takes("Replay")
                        .answers("Replayed"),
                post(one + ":test", "Send it something that is no event", WebhookRoutes::test)
                        .answers("Replayed"));
    }

    private static List<Route> sessions(SessionRoutes sessions) {
        return List.of(
                post("/v1/session", "Sign in: sets a cookie", sessions::signIn)
                        .takes("SignIn", "SignInForm")
                        .answers("Session")
                        .needs(Need.NOTHING),
                get("/v1/session", "Who the caller is", SessionRoutes::who).answers("Session"),
                delete("/v1/session", "Sign out", sessions::signOut)
                        .answers("SignedOut")
                        .needs(Need.NOTHING));
    }

    private static List<Route> keys() {
        return List.of(
                post("/v1/keys", "Make a key; it is shown this once", KeyRoutes::create)
                        .takes("NewKey")
                        .answers("MadeKey")
                        .needs(Need.ADMIN),
                get("/v1/keys", "Keys of callers", KeyRoutes::list)
                        .answers("Keys")
                        .needs(Need.ADMIN),
                delete("/v1/keys/{key}", "Refuse it from now on", KeyRoutes::revoke)
                        .answers("Key")
                        .needs(Need.ADMIN));
    }

    private static List<Route> users(UserRoutes users) {
        return List.of(
                post("/v1/users", "Make a user", users::create).takes("NewUser").answers("User"),
                get("/v1/users", "Who signs in with a password", UserRoutes::list).answers("Users"),
                put("/v1/users/{user}", "Change what the body names", users::change)
                        .takes("UserChange")
                        .answers("User"),
                delete("/v1/users/{user}", "Let it in no more", UserRoutes::disable)
                        .answers("User"));
    }

    private static List<Route> health(HealthRoutes health) {
        return List.of(
                get("/livez", "Whether the process serves", health::live)
                        .answers("Live")
                        .needs(Need.NOTHING),
                get("/readyz", "Whether each part can do its work", health::ready)
                        .answers("Ready")
                        .needs(Need.NOTHING));
    }

    /** The worker protocol. */
    private static List<Route> leases(LeaseRoutes leases) {
        return List.of(
                post("/v1/workers", "Tell of a worker", LeaseRoutes::register)
                        .takes("Register")
                        .answers("Worker"),
                post("/v1/workers/{worker}:leave", "A worker has stopped", LeaseRoutes::unregister)
                        .answers("Left"),
                post("/v1/leases", "Claim jobs, or wait for some", leases::claim)
                        .takes("Claim")
                        .answers("Leased"),
                post("/v1/leases:recover", "What a claim got whose answer is lost", leases::recover)
                        .takes("Recover")
                        .answers("Leased"),
                post("/v1/leases:renew", "Prolong leases; what has to stop", LeaseRoutes::renew)
                        .takes("Renew")
                        .answers("Renewed"),
                post("/v1/leases:watch", "Wait for jobs or cancels", leases::watch)
                        .takes("Watch")
                        .answers("Hints"),
                get("/v1/files/{sha256}", "A file's bytes by their hash", FileRoutes::download)
                        .answers("application/octet-stream", "Bytes"));
    }

    private static List<Route> attempts(AttemptRoutes attempts) {
        String attempt = "/v1/leases/{lease}/jobs/{id}/{attempt}";
        return List.of(
                post(attempt + ":progress", "Say how far it is", AttemptRoutes::progress)
                        .takes("SetProgress")
                        .answers("Reported"),
                post(attempt + ":log", "Add to its log", AttemptRoutes::log)
                        .takes("Log")
                        .answers("Reported"),
                put(attempt + "/artifacts/{+name}", "Upload a file", AttemptRoutes::upload)
                        .answers("Artifact"),
                post(attempt + ":complete", "It has succeeded", attempts::complete)
                        .takes("Complete")
                        .answers("Reported"),
                post(attempt + ":fail", "It has failed", attempts::fail)
                        .takes("Fail")
                        .answers("Reported"),
                post(attempt + ":snooze", "Put it back for later", attempts::snooze)
                        .takes("Snooze")
                        .answers("Reported"),
                post(attempt + ":release", "Give it back unfinished", attempts::release)
                        .answers("Reported"),
                post(attempt + ":stopped", "Cancelled, and gone", AttemptRoutes::stopped)
                        .answers("Reported"),
                post("/v1/leases:end", "End many attempts in one commit", attempts::batch)
                        .takes("Reports")
                        .answers("ReportedAll"));
    }

    /** Those that are no part of the API. */
    private static List<Route> pages(List<Route> documented, SessionRoutes sessions) {
        return List.of(
                get("/openapi.json", "This document", new OpenApi(documented)::show),
                get("/", "A page to start from", sessions::start).needs(Need.NOTHING),
                get("/sign-in", "A page to sign in", SessionRoutes::page).needs(Need.NOTHING));
    }

    List<Route> all() {
        return all;
    }

    private static Route get(String path, String summary, Exchange.Handler handler) {
        return new Route(
                Method.GET, path, summary, handler, Need.VIEWER, Set.of(), List.of(), Map.of());
    }

    private static Route put(String path, String summary, Exchange.Handler handler) {
        return new Route(
                Method.PUT, path, summary, handler, Need.USER, Set.of(), List.of(), Map.of());
    }

    private static Route delete(String path, String summary, Exchange.Handler handler) {
        return new Route(
                Method.DELETE, path, summary, handler, Need.USER, Set.of(), List.of(), Map.of());
    }

    private static Route post(String path, String summary, Exchange.Handler handler) {
        return new Route(
                Method.POST, path, summary, handler, Need.USER, Set.of(), List.of(), Map.of());
    }
}
