package dev.pawl.server;

import io.helidon.http.Method;
import java.util.List;

/** Every route of the native API, one line each, in the order of the documentation. */
final class Routes {
    /**
     * One route.
     *
     * @param path as in OpenAPI; {@code {+name}} takes slashes too
     */
    record Route(Method method, String path, String summary, Exchange.Handler handler) {}

    private final List<Route> all;

    Routes(Endings endings) {
        var submits = new SubmitRoutes(endings);
        all =
                List.of(
                        post("/v1/jobs", "Submit a job", submits::one),
                        post(
                                "/v1/jobs:batch",
                                "Submit jobs, an array or a line each",
                                submits::batch),
                        get("/v1/jobs", "List jobs, newest first", JobRoutes::list),
                        get("/v1/jobs/{id}", "One job", JobRoutes::one),
                        get("/v1/jobs/{id}/output", "Its output", JobRoutes::output),
                        get("/v1/jobs/{id}/logs", "Its log", JobRoutes::logs),
                        get("/v1/jobs/{id}/why", "Why it is where it is", JobRoutes::why),
                        get("/v1/jobs/{id}/artifacts", "Its artifacts", JobRoutes::artifacts),
                        get("/v1/jobs/{id}/artifacts/{+name}", "One of them", JobRoutes::artifact),
                        post("/v1/jobs/{id}:cancel", "Cancel it", JobRoutes::cancel),
                        post(
                                "/v1/jobs/{id}:redrive",
                                "Send it back to its queue",
                                JobRoutes::redrive),
                        post("/v1/jobs/{id}:discard", "Remove it for good", JobRoutes::discard),
                        get("/v1/tools", "What can be run", ToolRoutes::list),
                        get("/v1/tools/{tool}", "One tool", ToolRoutes::one),
                        get("/v1/queues", "Queues and what is in them", QueueRoutes::list),
                        post("/v1/queues/{queue}:pause", "Claim nothing of it", QueueRoutes::pause),
                        post("/v1/queues/{queue}:resume", "Claim of it again", QueueRoutes::resume),
                        get("/v1/workers", "Workers that were heard of", QueueRoutes::workers),
                        get("/v1/stats", "Jobs by state, queue and tool", QueueRoutes::stats),
                        get("/livez", "Whether the process serves", HealthRoutes::live),
                        get("/readyz", "Whether each part can do its work", HealthRoutes::ready),
                        get("/", "A page to start from", StartPage::show));
    }

    List<Route> all() {
        return all;
    }

    private static Route get(String path, String summary, Exchange.Handler handler) {
        return new Route(Method.GET, path, summary, handler);
    }

    private static Route post(String path, String summary, Exchange.Handler handler) {
        return new Route(Method.POST, path, summary, handler);
    }
}
