package dev.pawl.server.toolrunner;

import static dev.pawl.server.FrontRoute.delete;
import static dev.pawl.server.FrontRoute.get;
import static dev.pawl.server.FrontRoute.post;
import static dev.pawl.server.FrontRoute.put;

import dev.pawl.api.Problem;
import dev.pawl.server.Front;
import dev.pawl.server.FrontExchange;
import dev.pawl.server.FrontRoute;
import dev.pawl.server.FrontSocket;
import dev.pawl.server.Need;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The tool-runner front: every route, one line each, in the order of its contract. */
public final class ToolRunner implements Front {
    private final List<FrontRoute> routes;

    /**
     * @param scripts what it shows as tools; who starts the server makes them tools of the worker
     */
    public ToolRunner(Scripts scripts) {
        var tools = new ToolRoutes(scripts);
        var hits = new Hits();
        var runs = new RunRoute(scripts, hits);
        var jobs = new JobRoutes();
        var figures = new FigureRoutes(scripts, hits);
        var auth = new AuthRoutes();
        this.routes =
                List.of(
                        get("/", "What this is", tools::root).needs(Need.NOTHING),
                        get("/docs", "These routes, for a person", this::docs).needs(Need.NOTHING),
                        get("/api/tools", "Every tool", tools::all).needs(Need.VIEWER),
                        get("/api/tools/{name}", "One tool", tools::one).needs(Need.VIEWER),
                        get("/api/categories", "Categories and their sizes", tools::categories)
                                .needs(Need.VIEWER),
                        get("/api/categories/{category}", "The tools of one", tools::category)
                                .needs(Need.VIEWER),
                        get("/api/search", "Tools that say q", tools::search).needs(Need.VIEWER),
                        post("/api/run", "Run a tool", runs::run).needs(Need.USER),
                        get("/api/jobs", "Jobs, newest first", jobs::list).needs(Need.VIEWER),
                        get("/api/jobs/{id}", "One job", jobs::one).needs(Need.VIEWER),
                        get("/api/jobs/{id}/logs", "Its log, oldest first", jobs::logs)
                                .needs(Need.VIEWER),
                        get("/api/jobs/{id}/files/{+name}", "A file that it made", jobs::file)
                                .needs(Need.VIEWER),
                        delete("/api/jobs/{id}", "Cancel it", jobs::cancel).needs(Need.USER),
                        get("/api/stats", "Machine and history in figures", figures::stats)
                                .needs(Need.VIEWER),
                        post("/api/cleanup", "Forget what memory holds", figures::cleanup),
                        get("/api/celery/workers", "Workers", figures::workers),
                        get("/api/celery/tasks", "What they run and what waits", figures::tasks),
                        post("/auth/register", "Make a user; the first is admin", auth::register)
                                .needs(Need.VIEWER),
                        post("/auth/login", "Sign in", auth::login).needs(Need.NOTHING),
                        post("/auth/refresh", "Fresh tokens", auth::refresh).needs(Need.NOTHING),
                        get("/auth/me", "Who the caller is", auth::me).needs(Need.VIEWER),
                        post("/auth/logout", "Sign out", auth::logout).needs(Need.VIEWER),
                        get("/admin/users", "Users", auth::list),
                        get("/admin/users/{id}", "One user", auth::one),
                        put("/admin/users/{id}", "Set role and is_active", auth::change),
                        delete("/admin/users/{id}", "Let it in no more", auth::remove),
                        get("/health", "Whether it works", figures::health).needs(Need.NOTHING),
                        get("/metrics", "Figures for Prometheus", figures::metrics));
    }

    @Override
    public String name() {
        return "tool-runner";
    }

    @Override
    public List<FrontRoute> routes() {
        return routes;
    }

    @Override
    public List<FrontSocket> sockets() {
        return List.of(new FrontSocket("/ws", "Tells how jobs get on", Updates::new));
    }

    /** As FastAPI says it: a text, or for fields of a body a list of what is wrong where. */
    @Override
    public void refuse(FrontExchange exchange, Problem problem) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (problem.errors().isEmpty()) {
            exchange.answer(problem.status(), body.put("detail", problem.detail()));
            return;
        }
        var details = body.putArray("detail");
        for (Problem.FieldProblem error : problem.errors()) {
            ObjectNode detail = details.addObject();
            var place = detail.putArray("loc").add("body");
            for (String step : steps(error.pointer())) place.add(step);
            detail.put("msg", error.message()).put("type", "value_error");
        }
        exchange.answer(problem.status(), body);
    }

    private static List<String> steps(String pointer) {
        var steps = new ArrayList<String>();
        for (String step : pointer.split("/", -1))
            if (!step.isEmpty()) steps.add(step.replace("~1", "/").replace("~0", "~"));
        return steps;
    }

    private void docs(FrontExchange exchange) {
        var page = new StringBuilder("<!doctype html><html lang=en><title>Tool runner</title>");
        page.append("<style>body{font:16px system-ui;margin:3em auto;max-width:50em}");
        page.append("td{padding:.2em 1em .2em 0}</style><h1>Tool runner</h1><table>");
        for (FrontRoute route : routes)
            page.append(
                    "<tr><td>%s<td><code>%s</code><td>%s"
                            .formatted(route.method().text(), route.path(), route.summary()));
        exchange.answer(200, "text/html; charset=utf-8", page.append("</table>").toString());
    }
}
