package dev.transload.mq.tck;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** A {@link ScriptedClient} as a program: reads its commands from standard input and says its lines on standard output. */
final class ForkedClient {

    private static final int KILLED = 137;

    private ForkedClient() {}

    /**
     * Runs until standard input ends.
     *
     * @param arguments the broker's URI and the client's id
     */
    public static void main(String[] arguments) throws IOException {
        StoreByLines store = new StoreByLines(ForkedClient::say);
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                ScriptedClient client = new ScriptedClient(
                        arguments[0],
                        arguments[1],
                        store,
                        () -> Runtime.getRuntime().halt(KILLED),
                        ForkedClient::say,
                        store::ask)) {
            say(ClientScript.of("connected"));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                ClientScript read = ClientScript.parse(line);
                if (read.verb().equals(StoreByLines.ANSWER)) {
                    store.answered(read);
                } else {
                    client.command(read);
                }
            }
        }
    }

    private static void say(ClientScript line) {
        // One write for each line: lines of several threads do not mix.
        System.out.println(line);
        System.out.flush();
    }
}
