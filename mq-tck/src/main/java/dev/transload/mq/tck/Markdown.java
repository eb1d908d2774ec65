package dev.transload.mq.tck;

/** Makes text fit into Markdown. */
final class Markdown {

    private static final int MOST = 200;

    private Markdown() {}

    /** Text for a cell of a table: one line, without a bar, not too long. */
    static String cell(String text) {
        String line = text.replace("\r", "").replace('\n', ' ').replace("|", "\\|");
        return line.length() <= MOST ? line : line.substring(0, MOST) + "…";
    }
}
