package dev.pawl.server;

import dev.pawl.api.Json;
import dev.pawl.api.Problem;
import dev.pawl.tool.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The API's description (https://spec.openapis.org/oas/v3.1.1.html), made from the routes, so that
 * none is missing and none is made up. The schemas of its documents are in {@code schemas.json};
 * each tool adds those of its input and output.
 *
 * @param documented in the order of the document
 */
record OpenApi(List<Routes.Route> documented) {
    private static final Pattern IN_PATH = Pattern.compile("\\{\\+?([a-z]+)}");

    OpenApi {
        documented = List.copyOf(documented);
    }

    void show(Exchange exchange) throws IOException {
        exchange.answer(document(exchange.site()));
    }

    private ObjectNode document(Site site) throws IOException {
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        whole.put("openapi", "3.1.1");
        whole.putObject("info")
                .put("title", "Pawl")
                .put("description", "Jobs that never slip back.")
                .put("version", site.version());
        ObjectNode paths = whole.putObject("paths");
        for (Routes.Route route : documented) {
            String path = IN_PATH.matcher(route.path()).replaceAll("{$1}");
            ObjectNode methods =
                    paths.has(path) ? (ObjectNode) paths.path(path) : paths.putObject(path);
            methods.set(route.method().text().toLowerCase(java.util.Locale.ROOT), operation(route));
        }
        ObjectNode schemas = (ObjectNode) schemas();
        for (Tool tool : site.tools().all()) {
            schemas.set(
                    "tool." + tool.id().name() + "." + tool.id().version() + ".input",
                    tool.input().node());
            schemas.set(
                    "tool." + tool.id().name() + "." + tool.id().version() + ".output",
                    tool.output().node());
        }
        ObjectNode components = whole.putObject("components");
        components.set("schemas", schemas);
        ObjectNode schemes = components.putObject("securitySchemes");
        schemes.putObject("session")
                .put("type", "apiKey")
                .put("in", "cookie")
                .put("name", "pawl_session")
                .put("description", "As POST /v1/session sets it.");
        schemes.putObject("key")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("description", "As `pawl keys create` showed it; not wanted everywhere.");
        return whole;
    }

    private static ObjectNode operation(Routes.Route route) {
        ObjectNode operation = JsonNodeFactory.instance.objectNode();
        operation.put("summary", route.summary());
        var security = operation.putArray("security");
        if (route.need() != Need.NOTHING) {
            security.addObject().putArray("key");
            security.addObject().putArray("session");
        }
        var parameters = JsonNodeFactory.instance.arrayNode();
        for (Matcher name = IN_PATH.matcher(route.path()); name.find(); )
            parameters
                    .addObject()
                    .put("name", name.group(1))
                    .put("in", "path")
                    .put("required", true)
                    .set("schema", JsonNodeFactory.instance.objectNode().put("type", "string"));
        for (String name : new TreeSet<>(route.queries())) parameters.add(query(name));
        if (!parameters.isEmpty()) operation.set("parameters", parameters);
        if (!route.body().isEmpty()) {
            ObjectNode content = JsonNodeFactory.instance.objectNode();
            for (String schema : route.body()) content.setAll(content(mediaType(schema), schema));
            operation.putObject("requestBody").put("required", true).set("content", content);
        }
        ObjectNode responses = operation.putObject("responses");
        ObjectNode good = responses.putObject("2XX").put("description", "Done.");
        if (!route.answers().isEmpty()) {
            ObjectNode content = good.putObject("content");
            route.answers().forEach((type, schema) -> content.setAll(content(type, schema)));
        }
        responses
                .putObject("default")
                .put("description", "Refused, and why.")
                .set("content", content(Problem.MEDIA_TYPE, "Problem"));
        return operation;
    }

    /** {@code name.*} stands for all parameters that begin so. */
    private static ObjectNode query(String name) {
        ObjectNode parameter = JsonNodeFactory.instance.objectNode();
        if (!name.endsWith(".*")) {
            parameter
                    .put("name", name)
                    .put("in", "query")
                    .putObject("schema")
                    .put("type", "string");
            return parameter;
        }
        String begin = name.substring(0, name.length() - 1);
        parameter
                .put("name", begin.replace(".", ""))
                .put("in", "query")
                .put("style", "form")
                .put("explode", true)
                .put(
                        "description",
                        "Each one is a parameter of its own, as in %sto=you".formatted(begin));
        ObjectNode schema = parameter.putObject("schema").put("type", "object");
        schema.putObject("propertyNames").put("pattern", "^" + begin.replace(".", "\\."));
        schema.putObject("additionalProperties").put("type", "string");
        return parameter;
    }

    private static String mediaType(String schema) {
        return switch (schema) {
            case "SubmitForm" -> "multipart/form-data";
            case "SignInForm" -> "application/x-www-form-urlencoded";
            case "Bytes" -> "application/octet-stream";
            default -> "application/json";
        };
    }

    private static ObjectNode content(String mediaType, String schema) {
        ObjectNode content = JsonNodeFactory.instance.objectNode();
        content.putObject(mediaType)
                .putObject("schema")
                .put("$ref", "#/components/schemas/" + schema);
        return content;
    }

    static JsonNode schemas() throws IOException {
        try (InputStream in = OpenApi.class.getResourceAsStream("schemas.json")) {
            if (in == null) throw new IllegalStateException("schemas.json is not in the jar");
            return switch (Json.read(in.readAllBytes())) {
                case Json.Reading.Read(var node) -> node;
                case Json.Reading.Unreadable(var reason) ->
                        throw new IllegalStateException("schemas.json: " + reason);
            };
        }
    }
}
