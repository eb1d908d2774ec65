package dev.transload.mq.tck;

/** Makes text fit into Markdown. */
final class Markdown {

    private static final int MOST = 200;

    private Markdown() {}

    /** Text for a cell of a table: one line, without a bar, not too long. */
    static String cell(String text) {
        String line = line(text);
        return line.length() <= MOST ? line : line.substring(0, MOST) + "…";
    }

    /** Text in one line, without a bar. */
    static String line(String text) {
        return text.replace("\r", "").replace('\n', ' ').replace("|", "\\|");
    }

    /** Versions in a text without what comes after the minor one: patches change without the meaning. */
    static String minor(String text) {
        return text.replaceAll("(\\d+\\.\\d+)\\.\\d[\\w.+-]*", "$1");
    }
}
