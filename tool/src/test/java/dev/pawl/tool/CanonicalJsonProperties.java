package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.JsonNodeFactory;

final class CanonicalJsonProperties {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    @Property(tries = 300)
    void canonicalTextReadAndWrittenAgainIsTheSame(@ForAll("values") JsonNode value) {
        String once = CanonicalJson.text(value);

        assertThat(CanonicalJson.text(Json.read(once))).isEqualTo(once);
    }

    @Property(tries = 300)
    void theOrderOfMembersDoesNotMatter(@ForAll("values") JsonNode value, @ForAll long seed) {
        assertThat(CanonicalJson.text(shuffled(value, new Random(seed))))
                .isEqualTo(CanonicalJson.text(value));
    }

    @Property(tries = 1_000)
    void everyDoubleReadsBackAsItself(@ForAll double number) {
        String text = CanonicalNumber.text(number);

        assertThat(Double.parseDouble(text)).isEqualTo(number == 0 ? 0.0 : number);
    }

    @Property(tries = 1_000)
    void differentIntegersHaveDifferentTexts(@ForAll BigInteger a, @ForAll BigInteger b) {
        assertThat(integer(a).equals(integer(b))).isEqualTo(a.equals(b));
    }

    @Property(tries = 1_000)
    void neighbouringIntegersHaveDifferentTexts(@ForAll BigInteger a) {
        assertThat(integer(a)).isNotEqualTo(integer(a.add(BigInteger.ONE)));
    }

    @Property(tries = 1_000)
    void howANumberIsWrittenDoesNotMatter(@ForAll BigDecimal number, @ForAll byte zeros) {
        BigDecimal longer = number.setScale(number.scale() + Math.abs((int) zeros));

        assertThat(CanonicalNumber.text(longer)).isEqualTo(CanonicalNumber.text(number));
    }

    @Provide
    Arbitrary<JsonNode> values() {
        Arbitrary<JsonNode> leaves =
                Arbitraries.oneOf(
                        Arbitraries.strings()
                                .ofMaxLength(8)
                                .filter(Texts::isWholeUnicode)
                                .map(NODES::stringNode),
                        Arbitraries.doubles().map(NODES::numberNode),
                        Arbitraries.bigDecimals().map(DecimalNode::valueOf),
                        Arbitraries.longs().map(NODES::numberNode),
                        Arbitraries.of(true, false).map(NODES::booleanNode),
                        Arbitraries.just(NODES.nullNode()));
        return Arbitraries.recursive(() -> leaves, CanonicalJsonProperties::nested, 0, 3);
    }

    private static Arbitrary<JsonNode> nested(Arbitrary<JsonNode> inner) {
        var names = Arbitraries.strings().ofMaxLength(5).filter(Texts::isWholeUnicode);
        return Arbitraries.oneOf(
                inner.list()
                        .ofMaxSize(3)
                        .map(items -> {
                            var array = NODES.arrayNode();
                            items.forEach(array::add);
                            return array;
                        }),
                Arbitraries.maps(names, inner)
                        .ofMaxSize(4)
                        .map(members -> {
                            var object = NODES.objectNode();
                            members.forEach(object::set);
                            return object;
                        }));
    }

    private static JsonNode shuffled(JsonNode value, Random chance) {
        if (value.isArray()) {
            var copy = NODES.arrayNode();
            for (JsonNode item : value.values()) copy.add(shuffled(item, chance));
            return copy;
        }
        if (!value.isObject()) return value;
        var members = new ArrayList<Map.Entry<String, JsonNode>>(value.properties());
        Collections.shuffle(members, chance);
        var copy = NODES.objectNode();
        for (var member : members) copy.set(member.getKey(), shuffled(member.getValue(), chance));
        return copy;
    }

    private static String integer(BigInteger number) {
        return CanonicalNumber.text(new BigDecimal(number));
    }
}
