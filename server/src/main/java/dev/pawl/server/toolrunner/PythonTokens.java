package dev.pawl.server.toolrunner;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The words of a Python source, without its comments and line ends. Never fails: what is no Python
 * gives words all the same.
 */
final class PythonTokens {
    /** A word. */
    sealed interface Token {
        record Name(String text) implements Token {}

        record Digits(String text) implements Token {}

        /**
         * A text between quotes.
         *
         * @param literal whether the text is all there is to it: not an f-string's, nor bytes
         */
        record Text(String text, boolean literal) implements Token {}

        record Sign(char sign) implements Token {}
    }

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private PythonTokens(String source) {
        this.source = source;
    }

    static List<Token> of(String source) {
        var reader = new PythonTokens(source);
        while (reader.at < source.length()) reader.next();
        return List.copyOf(reader.tokens);
    }

    private void next() {
        char c = source.charAt(at);
        if (Character.isWhitespace(c) || c == '\\') at++;
        else if (c == '#') skipLine();
        else if (c == '"' || c == '\'') text("");
        else if (Character.isDigit(c)) number();
        else if (isWord(c)) word();
        else {
            tokens.add(new Token.Sign(c));
            at++;
        }
    }

    private void skipLine() {
        int end = source.indexOf('\n', at);
        at = end < 0 ? source.length() : end;
    }

    private static boolean isWord(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }

    private void word() {
        int begin = at;
        while (at < source.length() && isWord(source.charAt(at))) at++;
        String word = source.substring(begin, at);
        boolean quoted =
                at < source.length() && (source.charAt(at) == '"' || source.charAt(at) == '\'');
        if (quoted && word.matches("(?i)[rbfu]{1,2}")) text(word.toLowerCase(Locale.ROOT));
        else tokens.add(new Token.Name(word));
    }

    private void number() {
        int begin = at;
        while (at < source.length() && (isWord(source.charAt(at)) || source.charAt(at) == '.'))
            at++;
        tokens.add(new Token.Digits(source.substring(begin, at).replace("_", "")));
    }

    private void text(String prefix) {
        char quote = source.charAt(at);
        String three = String.valueOf(quote).repeat(3);
        boolean longText = source.startsWith(three, at);
        String end = longText ? three : String.valueOf(quote);
        at += end.length();
        var text = new StringBuilder();
        while (at < source.length() && !source.startsWith(end, at)) {
            char c = source.charAt(at);
            // A text of one line that doesn't end there is a mistake; the next line is code again.
            if (c == '\n' && !longText) break;
            if (c == '\\' && at + 1 < source.length()) escape(text, prefix.contains("r"));
            else {
                text.append(c);
                at++;
            }
        }
        if (source.startsWith(end, at)) at += end.length();
        boolean literal = !prefix.contains("f") && !prefix.contains("b");
        tokens.add(new Token.Text(text.toString(), literal));
    }

    private void escape(StringBuilder text, boolean raw) {
        char c = source.charAt(at + 1);
        at += 2;
        if (raw) {
            text.append('\\').append(c);
            return;
        }
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case '\n' -> {}
            case '\\', '\'', '"' -> text.append(c);
            case 'x' -> code(text, 2);
            case 'u' -> code(text, 4);
            default -> text.append('\\').append(c);
        }
    }

    private void code(StringBuilder text, int digits) {
        int end = Math.min(source.length(), at + digits);
        String hex = source.substring(at, end);
        if (!hex.matches("[0-9a-fA-F]{" + digits + "}")) return;
        text.append((char) Integer.parseInt(hex, 16));
        at = end;
    }
}
