package dev.pawl.app.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows under headings. On a terminal the columns fit its width: the widest are cut first, the last
 * go when there is no room; the first stays whole. Piped, nothing is cut and columns are separated
 * by a tab.
 */
final class Table {
    private static final int GAP = 2;
    private static final int LEAST = 6;

    private final List<String> headings;
    private final List<List<Cell>> rows = new ArrayList<>();

    /** How a cell's text is coloured. */
    interface Paint {
        String on(String text);
    }

    /** Text and its colour. */
    record Cell(String text, Paint paint) {
        private String painted() {
            return paint.on(text);
        }

        static Cell of(String text) {
            return new Cell(Screen.clean(text), t -> t);
        }

        static Cell of(String text, Paint paint) {
            return new Cell(Screen.clean(text), paint);
        }
    }

    Table(String... headings) {
        this.headings = List.of(headings);
    }

    void add(Cell... cells) {
        rows.add(List.of(cells));
    }

    void add(String... cells) {
        var row = new ArrayList<Cell>();
        for (String cell : cells) row.add(Cell.of(cell));
        rows.add(row);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void print(Screen screen) {
        if (!screen.terminal().out()) {
            for (List<Cell> row : rows)
                screen.line(String.join("\t", row.stream().map(Cell::painted).toList()));
            return;
        }
        int[] widths = widths(screen.terminal().columns());
        Style style = screen.style();
        var first = new ArrayList<Cell>();
        for (String heading : headings) first.add(new Cell(heading, style::strong));
        screen.line(line(first, widths));
        for (List<Cell> row : rows) screen.line(line(row, widths));
    }

    private String line(List<Cell> row, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            if (widths[i] == 0) continue;
            if (i > 0) line.repeat(' ', GAP);
            String text = cut(row.get(i).text(), widths[i]);
            line.append(row.get(i).paint().on(text));
            if (i < row.size() - 1) line.repeat(' ', widths[i] - length(text));
        }
        return line.toString();
    }

    private int[] widths(int columns) {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = headings.get(i).length();
            for (List<Cell> row : rows) widths[i] = Math.max(widths[i], length(row.get(i).text()));
        }
        fit(widths, Math.max(20, columns));
        return widths;
    }

    /** The first column, by which a row is named, stays whole; columns that find no room go. */
    private static void fit(int[] widths, int columns) {
        while (total(widths) > columns) {
            int widest = 0;
            for (int i = widths.length - 1; i > 0; i--)
                if (widths[i] > LEAST && (widest == 0 || widths[i] > widths[widest])) widest = i;
            if (widest > 0) {
                widths[widest]--;
                continue;
            }
            int last = widths.length - 1;
            while (last > 0 && widths[last] == 0) last--;
            if (last == 0) return;
            widths[last] = 0;
        }
    }

    private static int total(int[] widths) {
        int total = -GAP;
        for (int width : widths) if (width > 0) total += width + GAP;
        return total;
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    static String cut(String text, int width) {
        if (length(text) <= width) return text;
        if (width <= 1) return "…";
        return text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
    }
}
