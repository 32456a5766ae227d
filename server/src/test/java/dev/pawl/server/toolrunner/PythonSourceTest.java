package dev.pawl.server.toolrunner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is read of Python sources without running them. */
final class PythonSourceTest {
    @Test
    void theDocstringIsTheFirstText() {
        assertThat(new PythonSource("#!x\n# y\n\n'''A\nb.'''\nimport os").docstring())
                .isEqualTo("A\nb.");
        assertThat(new PythonSource("r\"a\\n\" 'b'\nx = 1").docstring()).isEqualTo("a\\nb");
        assertThat(new PythonSource("import os\n'late'").docstring()).isEmpty();
        assertThat(new PythonSource("f'{x}'").docstring()).isEmpty();
        assertThat(new PythonSource("").docstring()).isEmpty();
    }

    @Test
    void eachKindOfArgumentIsAParameter() {
        List<Parameter> found =
                parameters(
                        """
                        p.add_argument("--name", required=True)
                        group.add_argument('-n', '--count', type=int, default=-2)
                        p.add_argument("--ratio", type=float, choices=(0.5, 1.0))
                        p.add_argument("--on", action='store_true')
                        p.add_argument("--tags", nargs="+", default=["a", 'b'])
                        p.add_argument("--color", action=argparse.BooleanOptionalAction, default=True)
                        p.add_argument("--kind", choices=sorted(KINDS), default=Path(".") / "x", help=f"{x}")
                        p.add_argument("--version", action="version", version="1")
                        p.add_argument("-q")
                        p.add_argument("maybe", nargs="?")
                        """);

        assertThat(found.stream().map(PythonSourceTest::shown).collect(Collectors.joining("\n")))
                .isEqualTo(
                        """
                        name STRING required null
                        count INTEGER -2
                        ratio NUMBER null of [0.5, 1.0]
                        on BOOLEAN false
                        tags STRING ["a","b"] repeats
                        color BOOLEAN true
                        no-color BOOLEAN null
                        kind STRING null\
                        """);
    }

    private static String shown(Parameter p) {
        return p.name()
                + " "
                + p.type()
                + (p.required() ? " required" : "")
                + " "
                + p.defaultValue()
                + (p.choices().isEmpty() ? "" : " of " + p.choices())
                + (p.repeats() ? " repeats" : "");
    }

    @Test
    void whatIsNotACallIsNone() {
        assertThat(
                        parameters(
                                """
                                # p.add_argument('--a')
                                x = '.add_argument("--b")'
                                add_argument('--c')
                                """))
                .isEmpty();
    }

    @Test
    void anArgumentWithoutAFlagIsNamed() {
        assertThat(Argparse.positional(new PythonSource("p.add_argument('file')").arguments()))
                .contains("file");
        assertThat(Argparse.positional(new PythonSource("p.add_argument('-q')").arguments()))
                .isEmpty();
    }

    @Test
    @Timeout(60)
    void noTextMakesItFailOrHang() {
        String[] pieces = {
            ".add_argument(",
            "(",
            ")",
            "[",
            "]",
            "{",
            ",",
            "=",
            "'",
            "\"",
            "\"\"\"",
            "\\",
            "--a",
            "\n",
            "#",
            "1e9",
            "1.5.5",
            "-",
            "f'",
            "x",
            " ",
            "0x",
            "True",
            "default",
            "\\u12",
            "choices=["
        };
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder("p");
            for (int n = random.nextInt(12); n >= 0; n--)
                text.append(pieces[random.nextInt(pieces.length)]);
            var source = new PythonSource(text.toString());
            assertThat(Argparse.parameters(source.arguments())).as("%s", text).isNotNull();
        }
    }

    private static List<Parameter> parameters(String source) {
        return Argparse.parameters(new PythonSource(source).arguments());
    }
}
