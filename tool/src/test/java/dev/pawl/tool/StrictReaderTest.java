package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class StrictReaderTest {
    @Test
    void aKeyThatComesTwiceIsRefusedWithItsPlace() {
        var mistake = mistake(StrictReader.json("{\"a\": 1,\n \"b\": {\"c\": 1, \"c\": 2}}"));

        assertThat(mistake.pointer()).isEqualTo("/b/c");
        assertThat(mistake.place().line()).isEqualTo(2);
        assertThat(mistake.reason()).isEqualTo("the key \"c\" comes twice");
    }

    @Test
    void nanIsRefused() {
        assertThat(mistake(StrictReader.json("{\"a\": NaN}")).reason()).contains("NaN");
        assertThat(mistake(StrictReader.yamlWithPlaces("a: .nan")).reason()).contains("NaN");
    }

    @Test
    void tooManyLevelsAreRefused() {
        String deep = "[".repeat(100_000);

        assertThat(mistake(StrictReader.json(deep)).reason()).contains("deeper than 200 levels");
        assertThat(StrictReader.json("[".repeat(200) + "]".repeat(200)))
                .isInstanceOf(StrictReader.Read.class);
    }

    @Test
    void aNumberThatWouldTakeAllMemoryIsRefused() {
        assertThat(mistake(StrictReader.json("[1e999999999]")).reason()).contains("1000 digits");
        assertThat(mistake(StrictReader.json("9".repeat(2_000))).reason()).contains("1000 digits");
    }

    @Test
    void halfASurrogatePairIsRefused() {
        assertThat(mistake(StrictReader.json("[\"\\ud800\"]")).reason()).contains("surrogate");
    }

    @Test
    void whatFollowsTheEndIsRefused() {
        assertThat(mistake(StrictReader.json("{} {}")).reason()).contains("follows");
        assertThat(mistake(StrictReader.yamlWithPlaces("a: 1\n---\nb: 2")).reason())
                .contains("follows");
        assertThat(mistake(StrictReader.json(" ")).reason()).contains("empty");
    }

    @Test
    void anAliasIsRefused() {
        var mistake = mistake(StrictReader.yamlWithPlaces("a: &x 1\nb: *x"));

        assertThat(mistake.reason()).contains("alias");
        assertThat(mistake.place().line()).isEqualTo(2);
    }

    @Test
    void brokenYamlSaysWhereAndWhy() {
        var mistake = mistake(StrictReader.yamlWithPlaces("a: 1\nb: [1, 2\nc: 3\n"));

        assertThat(mistake.place().line()).isBetween(2, 3);
        assertThat(mistake.reason()).isNotBlank();
    }

    @Test
    void placesAreThoseOfTheKeys() {
        var read = (StrictReader.Read) StrictReader.yamlWithPlaces("a: 1\nb:\n  c: [x,\n    y]\n");

        assertThat(read.places())
                .containsEntry("/a", new StrictReader.Place(1, 1))
                .containsEntry("/b/c", new StrictReader.Place(3, 3))
                .containsEntry("/b/c/1", new StrictReader.Place(4, 5));
    }

    private static StrictReader.Mistake mistake(StrictReader.Reading reading) {
        return switch (reading) {
            case StrictReader.Unreadable(var mistake) -> mistake;
            case StrictReader.Read(var node, var _) ->
                    throw new AssertionError("was read: " + Texts.shown(node));
        };
    }
}
