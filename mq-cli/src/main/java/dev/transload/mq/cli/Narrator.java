package dev.transload.mq.cli;

import java.io.PrintStream;
import java.time.Duration;
import picocli.CommandLine.Help.Ansi;

/**
 * Tells the demonstration: titles, what happens, what was verified. Slow enough to read along if a person watches.
 * Only the thread that runs the stories speaks, so the lines have one order everywhere.
 */
final class Narrator {

    private static final Duration AFTER_LINE = Duration.ofMillis(350);
    private static final Duration AFTER_TITLE = Duration.ofMillis(900);

    private final PrintStream out;
    private final Ansi ansi;
    private final boolean paced;

    Narrator(Shell shell, boolean fast) {
        this.out = shell.out();
        this.ansi = shell.colour() ? Ansi.ON : Ansi.OFF;
        this.paced = shell.paced() && !fast;
    }

    /** The first line of a story. */
    void title(String text) {
        out.println();
        print("bold,cyan", text);
        rest(AFTER_TITLE);
    }

    /** Something that happened. */
    void say(String text) {
        out.println("   " + text);
        rest(AFTER_LINE);
    }

    /** Something that was checked and is as it should be. */
    void verified(String text) {
        print("green", "   ✓ " + text);
        rest(AFTER_LINE);
    }

    /** Something that is not as it should be. */
    void failed(String text) {
        print("bold,red", "   ✗ " + text);
        rest(AFTER_LINE);
    }

    /** The last word. */
    void verdict(boolean good, String text) {
        out.println();
        print(good ? "bold,green" : "bold,red", text);
    }

    private void print(String style, String text) {
        out.println(ansi.new Text("@|" + style + " " + text.replace("|@", "| @") + "|@"));
    }

    private void rest(Duration pause) {
        if (paced) {
            try {
                Thread.sleep(pause.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
