package dev.pawl.server.toolrunner;

import dev.pawl.api.Problem;
import dev.pawl.server.FrontExchange;
import dev.pawl.server.Refused;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes that show tools. */
record ToolRoutes(Scripts scripts) {
    void root(FrontExchange exchange) {
        ObjectNode root = object();
        root.put("name", "Pawl tool runner")
                .put("version", exchange.site().version())
                .put("status", "running")
                .put("total_tools", scripts.all().size())
                .put("docs", "/docs");
        root.putObject("registry")
                .put("total_tools", scripts.all().size())
                .set("categories", sizes());
        exchange.answer(200, root);
    }

    void all(FrontExchange exchange) {
        ObjectNode page = object().put("total", scripts.all().size());
        page.set("tools", documents(scripts.all()));
        page.set("categories", sizes());
        exchange.answer(200, page);
    }

    void one(FrontExchange exchange) {
        exchange.answer(200, document(script(exchange.path("name"))));
    }

    void categories(FrontExchange exchange) {
        ObjectNode page = object().put("total", sizes().size());
        page.set("categories", sizes());
        exchange.answer(200, page);
    }

    void category(FrontExchange exchange) {
        String name = exchange.path("category");
        if (!Categories.ALL.contains(name))
            throw new Refused(
                    Problem.of(
                            400,
                            "bad_request",
                            "There is no such category",
                            "Invalid category: %s. Valid categories: %s"
                                    .formatted(name, String.join(", ", Categories.ALL))));
        List<Script> found = matching(script -> script.category().equals(name));
        ObjectNode page = object().put("category", name).put("count", found.size());
        page.set("tools", documents(found));
        exchange.answer(200, page);
    }

    void search(FrontExchange exchange) {
        String query = exchange.query("q").orElse("");
        if (query.isBlank())
            throw new Refused(
                    Problem.of(
                            422,
                            "bad_request",
                            "Nothing is looked for",
                            "query parameter \"q\" is missing; say what to look for"));
        String wanted = query.toLowerCase(Locale.ROOT);
        List<Script> found = matching(script -> script.searchText().contains(wanted));
        ObjectNode page = object().put("query", query).put("count", found.size());
        page.set("results", documents(found));
        exchange.answer(200, page);
    }

    private Script script(String name) {
        return scripts.find(name)
                .orElseThrow(() ->
                        new Refused(
                                Problem.of(
                                        404,
                                        "tool_not_found",
                                        "There is no such tool",
                                        "Tool not found: " + name)));
    }

    private List<Script> matching(Predicate<Script> wanted) {
        return scripts.all().stream().filter(wanted).toList();
    }

    private ObjectNode sizes() {
        ObjectNode sizes = object();
        for (String category : Categories.ALL) {
            int size = matching(script -> script.category().equals(category)).size();
            if (size > 0) sizes.put(category, size);
        }
        return sizes;
    }

    private static ArrayNode documents(Collection<Script> scripts) {
        ArrayNode documents = JsonNodeFactory.instance.arrayNode();
        for (Script script : scripts) documents.add(document(script));
        return documents;
    }

    private static ObjectNode document(Script script) {
        ObjectNode node = object();
        node.put("name", script.name())
                .put("display_name", script.tool().title())
                .put("description", script.tool().description())
                .put("category", script.category());
        var parameters = node.putArray("parameters");
        for (Parameter parameter : script.parameters()) parameters.add(document(parameter));
        add(node, "output_files", script.outputFiles());
        add(node, "output_formats", script.outputFormats());
        node.put("icon", script.look().icon()).put("color", script.look().color());
        add(node, "tags", script.tags());
        return node.put("complexity", script.look().complexity())
                .put("estimated_time", script.look().estimatedTime());
    }

    private static ObjectNode document(Parameter parameter) {
        ObjectNode node =
                object().put("name", parameter.name())
                        .put("type", parameter.repeats() ? "array" : parameter.type().wire())
                        .put("required", parameter.required());
        node.set("default", parameter.defaultValue());
        node.put("description", parameter.description());
        var choices = node.putArray("choices");
        parameter.choices().forEach(choices::add);
        return node;
    }

    private static void add(ObjectNode node, String name, List<String> texts) {
        var list = node.putArray(name);
        texts.forEach(list::add);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
