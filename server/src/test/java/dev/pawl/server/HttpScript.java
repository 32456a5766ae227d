package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests and their answers, written by hand from a front's contract, in a file of the tests:
 * after {@code ###} a name, then method and path, headers and a body if any, the status, and the
 * answer's JSON. {@code {name}} stands for what the answer before that has text of that name said.
 * {@code <text>}, {@code <number>}, {@code <time>} and {@code <any>} fit whatever is such a thing;
 * each other value, and each field, has to be as it is written. A line with {@code !} is for the
 * test.
 */
final class HttpScript {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Running on;
    private final String idField;
    private final Consumer<List<String>> act;
    private String job = "";
    private final Map<String, String> said = new HashMap<>();

    /**
     * @param idField field of an answer that holds a job's id; later steps call it {@code {job}}
     * @param act does what a line with {@code !} says, in words
     */
    HttpScript(Running on, String idField, Consumer<List<String>> act) {
        this.on = on;
        this.idField = idField;
        this.act = act;
    }

    private record Step(
            String name,
            String method,
            String path,
            List<String> headers,
            String body,
            int status,
            String answer) {}

    /** The script's steps as tests, to be run in their order. */
    List<DynamicTest> tests(String file) throws IOException {
        var tests = new ArrayList<DynamicTest>();
        String text;
        try (InputStream in = Objects.requireNonNull(HttpScript.class.getResourceAsStream(file))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (String block : text.split("(?m)^### ", -1)) {
            if (!block.startsWith("#")) tests.add(test(step(block)));
            for (String line : block.lines().filter(l -> l.startsWith("! ")).toList())
                tests.add(
                        DynamicTest.dynamicTest(
                                line, () -> act.accept(List.of(line.substring(2).split(" ", -1)))));
        }
        assertThat(tests).hasSizeGreaterThan(3);
        return tests;
    }

    private static Step step(String block) {
        List<String> lines =
                block.lines().filter(line -> !line.isBlank() && !line.startsWith("!")).toList();
        int status = 2;
        while (!lines.get(status).matches("\\d{3}")) status++;
        String[] request = lines.get(1).split(" ", 2);
        int body = 2;
        while (lines.get(body).matches("[A-Z][A-Za-z-]+: .*")) body++;
        return new Step(
                lines.getFirst(),
                request[0],
                request[1],
                lines.subList(2, body),
                String.join("\n", lines.subList(body, status)),
                Integer.parseInt(lines.get(status)),
                String.join("\n", lines.subList(status + 1, lines.size())));
    }

    private DynamicTest test(Step step) {
        return DynamicTest.dynamicTest(step.name(), () -> run(step));
    }

    private void run(Step step) {
        String path = filled(step.path());
        String[] headers =
                step.headers().stream()
                        .flatMap(line -> Stream.of(filled(line).split(": ", 2)))
                        .toArray(String[]::new);
        Running.Answer answer =
                switch (step.method()) {
                    case "POST" -> on.post(path, filled(step.body()), headers);
                    case "PUT" -> on.put(path, filled(step.body()), headers);
                    case "DELETE" -> on.send(on.request(path, headers).DELETE());
                    default -> on.get(path, headers);
                };
        String got = new String(answer.response().body(), StandardCharsets.UTF_8);
        assertThat(answer.status()).as(got).isEqualTo(step.status());
        JsonNode wanted = JSON.readTree(filled(step.answer()));
        var wrong = new ArrayList<String>();
        compare("", wanted, answer.json(), wrong);
        assertThat(wrong).as(got).isEmpty();
        JsonNode id = answer.json().path(idField);
        if (id.isString()) job = id.stringValue();
        for (var field : answer.json().properties())
            if (field.getValue().isString())
                said.put(field.getKey(), field.getValue().stringValue());
    }

    private String filled(String text) {
        String filled = text.replace("{job}", job);
        for (var each : said.entrySet())
            filled = filled.replace("{" + each.getKey() + "}", each.getValue());
        return filled;
    }

    private static void compare(String at, JsonNode wanted, JsonNode got, List<String> wrong) {
        boolean fits =
                switch (wanted.stringValue("")) {
                    case "<any>" -> true;
                    case "<text>" -> got.isString() && !got.stringValue().isBlank();
                    case "<number>" -> got.isNumber();
                    case "<time>" -> got.isString() && isTime(got.stringValue());
                    default -> !wanted.isContainer() && wanted.equals(got);
                };
        if (fits) return;
        if (wanted.isObject() && got.isObject()) {
            if (!List.copyOf(wanted.propertyNames()).containsAll(got.propertyNames()))
                wrong.add(at + " has " + got.propertyNames());
            for (var member : wanted.properties())
                compare(
                        at + "/" + member.getKey(),
                        member.getValue(),
                        got.path(member.getKey()),
                        wrong);
            return;
        }
        if (wanted.isArray() && got.isArray() && wanted.size() == got.size()) {
            for (int i = 0; i < wanted.size(); i++)
                compare(at + "/" + i, wanted.get(i), got.get(i), wrong);
            return;
        }
        wrong.add("%s is %s; want %s".formatted(at, got, wanted));
    }

    private static boolean isTime(String text) {
        try {
            return Instant.parse(text).isAfter(Instant.EPOCH);
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
