package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorClass.Treatment;
import dev.pawl.core.Limit;
import dev.pawl.core.Rate;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.core.ToolId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ToolFileTest {
    private static final Path FILE = Path.of("tools", "draw", "1.yaml");

    @Test
    void everythingAToolFileSaysIsRead() {
        Tool tool =
                tool(
                        """
                        tool: draw@1
                        title: Draws
                        description: Long text
                        input:
                          type: object
                          properties:
                            text: {type: string, contentMediaType: text/plain}
                            format: {enum: [png, svg], default: png}
                        output: {type: object}
                        run:
                          command: [draw, "-t{{input.format}}", [--title, "{{ input.title }}"]]
                          arguments: flags
                          stdin: "{{input.text}}"
                          stdout: "{{input.text.name}}.{{input.format}}"
                          artifacts: ["*.html", "pages/**"]
                          env: {pass: [LANG], set: {HOME: "{{tool.dir}}"}}
                          exit: {2: user, 75: transient}
                          errors: [{log: "no fonts", class: configuration, install: [fontconfig]}]
                          requires: [{program: dot, package: graphviz, when_stdin: "@startdot"}]
                        policy:
                          timeout: 60s
                          attempts: 5
                          backoff: {first: 2s, max: 1m}
                          errors: {timeout: die}
                          cache: {ttl: 30d, user_errors: true, version: "1.2", env: [LANG]}
                          concurrency: 4
                          queue: drawings
                          priority: 7
                          ttl: 1h30m
                        examples: {valid: [{text: a}], invalid: [{text: 1}]}
                        """
                                .replace(
                                        "properties:\n",
                                        "properties:\n    title: {type: string}\n"));

        assertThat(tool.id()).isEqualTo(new ToolId("draw", "1"));
        assertThat(tool.title()).isEqualTo("Draws");
        assertThat(tool.policy())
                .isEqualTo(
                        new ToolPolicy(
                                Duration.ofSeconds(60),
                                new RetryPolicy(
                                        5,
                                        Duration.ofSeconds(2),
                                        Duration.ofMinutes(1),
                                        Map.of(ErrorClass.TIMEOUT, Treatment.DIE)),
                                new ToolPolicy.Cache(
                                        new Reuse(Duration.ofDays(30), true),
                                        "1.2",
                                        List.of(),
                                        List.of("LANG")),
                                4,
                                "drawings",
                                7,
                                Duration.ofMinutes(90)));
        var command = (Run.Command) tool.run();
        assertThat(command.argumentsAsFlags()).isTrue();
        assertThat(command.artifacts()).containsExactly("*.html", "pages/**");
        assertThat(command.environmentNames()).containsExactly("LANG");
        assertThat(command.exits()).isEqualTo(Map.of(2, ErrorClass.USER, 75, ErrorClass.TRANSIENT));
        assertThat(command.signs().getFirst().packages()).containsExactly("fontconfig");
        assertThat(command.requirements().getFirst().debianPackage()).isEqualTo("graphviz");
        assertThat(tool.examples().valid()).hasSize(1);
    }

    @Test
    void anHttpToolIsRead() {
        Tool tool =
                tool(
                        """
                        tool: draw@1
                        input: {properties: {id: {type: string}}}
                        run:
                          http:
                            url: "http://localhost/{{input.id}}"
                            headers: {X-Job: "{{job.id}}"}
                            transient: [409]
                            statuses: {404: permanent}
                        """);

        var http = (Run.Http) tool.run();
        assertThat(http.method()).isEqualTo("POST");
        assertThat(http.error(200)).isEmpty();
        assertThat(http.error(409)).contains(ErrorClass.TRANSIENT);
        assertThat(http.error(404)).contains(ErrorClass.PERMANENT);
        assertThat(http.error(422)).contains(ErrorClass.USER);
        assertThat(http.error(503)).contains(ErrorClass.TRANSIENT);
        assertThat(http.error(302)).contains(ErrorClass.PERMANENT);
    }

    @Test
    void aJavaToolIsRead() {
        assertThat(tool("tool: draw@1\nrun: {java: send}").run()).isEqualTo(new Run.Java("send"));
        assertThat(tool("tool: draw@1\nrun: {external: draw.py}").run())
                .isEqualTo(new Run.External("draw.py"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    titel: x                          | 3 | 1  | unknown key "titel"; did you mean "title"?
                    policy: {timeot: 60s}             | 3 | 10 | unknown key "timeot"; did you mean "timeout"?
                    policy: {timeout: 60}             | 3 | 10 | timeout is 60; want a duration as 250ms, 60s, 5m, 1h30m, 30d
                    policy: {timeout: 0s}             | 3 | 10 | timeout is nothing; want more than 0
                    policy: {attempts: 0}             | 3 | 10 | attempts is 0; want a whole number from 1
                    policy: {attempts: many}          | 3 | 10 | attempts is "many"; want a whole number from 1
                    policy: {concurrency: many}       | 3 | 10 | concurrency is "many"; want a whole number from 1
                    policy: {concurrency: {max: 1, pre: text}} | 3 | 32 | unknown key "pre"; did you mean "per"?
                    policy: {concurrency: {per: text}} | 3 | 10 | "max" is missing; as in max: 1
                    policy: {concurrency: [1, 2]}     | 3 | 27 | there is a second concurrency; one for all, and one with per, is all
                    policy: {concurrency: {max: 1, per: a b}} | 3 | 32 | per is "a b"; want a field of the input as site.id, or a tag as tag:customer
                    policy: {rate: 100}               | 3 | 10 | rate is 100; want a rate as 100/min, 5/s, 10/30s, 1000/h
                    policy: {rate: {max: 5}}          | 3 | 10 | "every" is missing; as in every: 1m
                    policy: {rate: {max: 5, every: 0}} | 3 | 25 | every is 0; want 1ms to 366d
                    policy: {priority: 40000}         | 3 | 10 | priority is 40000; want a whole number from -32768 to 32767
                    policy: {queue: No Good}          | 3 | 10 | queue is "No Good"; want lower-case letters, digits, - _ .
                    policy: {backoff: {first: 1h, max: 1s}} | 3 | 10 | backoff: max PT1S is under first PT1H
                    policy: {errors: {tiemout: die}}  | 3 | 19 | unknown key "tiemout"; did you mean "timeout"?
                    policy: {errors: {timeout: stop}} | 3 | 19 | timeout is "stop"; want one of retry, wait, die
                    policy: {cache: {user_errors: true}} | 3 | 10 | "ttl" is missing; as in ttl: 30d
                    policy: {cache: {ttl: 1d, version: "{{job.id}}"}} | 3 | 27 | version depends on the job; leave {{input…}} and {{job…}} out
                    policy: 5                         | 3 | 1  | policy is 5; want keys and values
                    input: {type: strng}              | 3 | 9  | input schema: /type is "strng"; want one of "array", "boolean", "integer", "null", "number", "object", "string", or array
                    input: 5                          | 3 | 1  | input is 5; want a JSON Schema
                    input: {$ref: "http://x.org/y"}   | 3 | 1  | input schema: input $ref 'http://x.org/y' is outside this schema; write it under $defs
                    title: [a]                        | 3 | 1  | title is ["a"]; want text
                    examples: {vaild: []}             | 3 | 12 | unknown key "vaild"; did you mean "valid"?
                    """)
    void aMistakeIsToldWithItsLineColumnAndReason(
            String line, int row, int column, String message) {
        assertThat(problems("tool: draw@1\nrun: {java: x}\n" + line))
                .extracting(ToolFileTest::told)
                .containsExactly(row + ":" + column + ": " + message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {}                                  | run has none; want one of command, http, java, external
                    {java: x, command: [y]}             | run has command and java; want one of command, http, java, external
                    {command: ls -l}                    | command is "ls -l"; want a list: the program, then each argument
                    {command: []}                       | command is []; want a list: the program, then each argument
                    {command: [x], stdot: y}            | unknown key "stdot"; did you mean "stdout"?
                    {command: [x], arguments: args}     | arguments is "args"; want one of flags
                    {command: ["{{input.txt}}"]}        | {{input.txt}} is not known; did you mean {{input.text}}?
                    {command: ["{{tool.dri}}"]}         | {{tool.dri}} is not known; did you mean {{tool.dir}}?
                    {command: ["{{classpath.x}}"]}      | {{classpath.x}} is not known; did you mean {{classpath.a}}?
                    {command: ["{{input.n.name}}"]}     | {{input.n.name}}: n is never a file; give it a contentMediaType to let it be one
                    {command: ["{{input.text"]}         | "{{" is never closed in "{{input.text"; write {{{{ for two braces
                    {command: [x], stdout: "{{input.text}}"} | {{input.text}} may be a file, whose content can't stand here; write {{input.text.name}} or {{input.text.filename}}
                    {command: [x], artifacts: [../y]}   | "../y" leads outside the working folder; write it relative, without ..
                    {command: [x], artifacts: ["[y"]}   | "[y" is no pattern; Missing ']
                    {command: [x], exit: {x: user}}     | exit "x"; want a number from 0 to 255
                    {command: [x], exit: {300: user}}   | exit "300"; want a number from 0 to 255
                    {command: [x], exit: {2: usr}}      | 2 is "usr"; want one of transient, permanent, user, configuration, infrastructure, timeout
                    {command: [x], errors: [{class: user}]} | an error needs one of log, stdout, stdin; write log: with a pattern
                    {command: [x], errors: [{log: "(", class: user}]} | "(" is no pattern; Unclosed group
                    {command: [x], requires: [{package: y}]} | "program" is missing
                    {http: {}}                          | "url" is missing
                    {http: {url: x, method: FETCH}}     | method is "FETCH"; want one of GET, POST, PUT, PATCH, DELETE, HEAD
                    {http: {url: x, transient: [often]}} | transient has "often"; want statuses
                    {java: ""}                          | java names no handler
                    """)
    void aMistakeInRunIsTold(String run, String message) {
        String input =
                "input: {properties: {text: {type: string, format: file}, n: {type: integer}}}";

        assertThat(problems("tool: draw@1\n" + input + "\nrun: " + run))
                .singleElement()
                .satisfies(p -> assertThat(p.line()).isEqualTo(3))
                .satisfies(p -> assertThat(told(p)).endsWith(": " + message));
    }

    @Test
    void allMistakesOfAFileAreToldAtOnce() {
        assertThat(
                        problems(
                                """
                                tool: draw
                                titel: x
                                input: {type: strng}
                                run:
                                  command: ["{{input.x}}"]
                                  exit: {999: user}
                                policy: {timeout: soon}
                                """))
                .extracting(ToolProblem::line)
                .containsExactlyInAnyOrder(1, 2, 3, 6, 7);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    concurrency: 4                             | tool:draw@1 | 4 | none | | none | none
                    concurrency: {max: 4}                      | tool:draw@1 | 4 | none | | none | none
                    concurrency: {max: 1, per: site.id}        | tool:draw@1 per site.id | none | none | 7 | 1 | none
                    concurrency: {max: 1, per: input.site.id}  | tool:draw@1 per site.id | none | none | 7 | 1 | none
                    concurrency: [4, {max: 1, per: site.id}]   | tool:draw@1 per site.id | 4 | none | 7 | 1 | none
                    concurrency: {max: 2, per: tag:customer}   | tool:draw@1 per tag:customer | none | none | acme | 2 | none
                    concurrency: {max: 2, per: none.such}      | tool:draw@1 per none.such | none | none | | 2 | none
                    rate: 100/min                              | tool:draw@1 | none | 100/min | | none | none
                    rate: 10/30s                               | tool:draw@1 | none | 10/30s | | none | none
                    rate: {max: 5, every: day}                 | tool:draw@1 | none | 5/day | | none | none
                    rate: [9/s, {max: 5, every: 1h, per: site.id}] | tool:draw@1 per site.id | none | 9/s | 7 | none | 5/h
                    """)
    void aPolicySaysWhatHoldsJobsBack(
            String line,
            String name,
            String max,
            String rate,
            String key,
            String keyMax,
            String keyRate) {
        Tool tool = tool("tool: draw@1\nrun: {java: x}\npolicy:\n  " + line);
        var input = StrictReader.json("{\"site\": {\"id\": 7}}");

        Limit limit =
                tool.policy()
                        .limit(
                                tool.id(),
                                ((StrictReader.Read) input).node(),
                                Set.of("x", "customer:acme"));

        assertThat(limit.name()).isEqualTo(name);
        assertThat(shown(limit.max())).isEqualTo(max);
        assertThat(RateText.of(limit.rate())).isEqualTo(rate);
        assertThat(limit.key().value()).isEqualTo(key == null ? "" : key);
        assertThat(shown(limit.key().max())).isEqualTo(keyMax);
        assertThat(RateText.of(limit.key().rate())).isEqualTo(keyRate);
    }

    private static String shown(int max) {
        return max == Integer.MAX_VALUE ? "none" : "" + max;
    }

    @Test
    void aKeyIsAFieldThatTheInputHas() {
        assertThat(
                        problems(
                                """
                                tool: draw@1
                                run: {java: x}
                                input: {properties: {site: {properties: {id: {}}}}}
                                policy: {concurrency: {max: 1, per: site.ip}}
                                """))
                .extracting(ToolFileTest::told)
                .containsExactly("4:32: the input has no field \"ip\"; it has id");
    }

    @Test
    void aLongKeyIsKeptAsItsHash() {
        var key = new PerKey("text", 1, Rate.NONE);
        var input = StrictReader.json("{\"text\": \"" + "x".repeat(300) + "\"}");

        assertThat(key.of(((StrictReader.Read) input).node(), Set.of()).value())
                .startsWith("sha256:")
                .hasSize(71);
    }

    @Test
    void theIdMustAgreeWithThePath() {
        assertThat(problems("tool: paint@1\nrun: {java: x}"))
                .extracting(ToolFileTest::told)
                .containsExactly(
                        "1:1: tool is paint@1 in a file called draw/1.yaml; name it draw@1 or move"
                                + " the file");
        assertThat(problems("tool: draw@2\nrun: {java: x}")).hasSize(1);
        assertThat(problems("tool: draw\nrun: {java: x}").getFirst().hint())
                .isEqualTo("as in draw@1");
        assertThat(problems("run: {java: x}").getFirst().reason()).isEqualTo("\"tool\" is missing");
        assertThat(problems("tool: draw@1").getFirst().reason()).isEqualTo("\"run\" is missing");
    }

    @Test
    void aFileThatIsNoYamlIsTold() {
        assertThat(problems("tool: [draw\nrun: x: y")).hasSize(1);
        assertThat(problems("")).extracting(ToolProblem::reason).containsExactly("it is empty");
        assertThat(problems("tool: draw@1\ntool: draw@1\nrun: {java: x}"))
                .extracting(ToolFileTest::told)
                .containsExactly("2:1: the key \"tool\" comes twice");
        assertThat(problems("just words").getFirst().reason()).contains("just words");
    }

    @Test
    void aProblemIsShownWithFileLineAndColumn() {
        assertThat(problems("tool: draw@1\nrun: {java: x}\ntitel: y").getFirst().toString())
                .isEqualTo(FILE + ":3:1: unknown key \"titel\"; did you mean \"title\"?");
    }

    private static String told(ToolProblem problem) {
        return problem.toString().substring(FILE.toString().length() + 1);
    }

    private static Tool tool(String yaml) {
        return switch (read(yaml)) {
            case ToolFile.Reading.Good(var tool) -> tool;
            case ToolFile.Reading.Bad(var problems) -> throw new AssertionError(problems);
        };
    }

    private static List<ToolProblem> problems(String yaml) {
        return switch (read(yaml)) {
            case ToolFile.Reading.Bad(var problems) -> problems;
            case ToolFile.Reading.Good(var tool) -> throw new AssertionError(tool);
        };
    }

    private static ToolFile.Reading read(String yaml) {
        return new ToolFile(FILE, Path.of("draw", "1.yaml"), Map.of("classpath.a", "a.jar"))
                .read(yaml);
    }
}
