package dev.transload.mq.redis;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;

/**
 * Speaks as much of Redis as a connection needs, and answers each command in ASCII with its last argument, unless told
 * otherwise.
 */
final class EchoServer implements AutoCloseable {

    private final ServerSocket door;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    private final AtomicInteger commands = new AtomicInteger();

    private final Queue<String> prepared = new ConcurrentLinkedQueue<>();

    private volatile Duration wait = Duration.ZERO;

    EchoServer() throws IOException {
        door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    Wire connect() {
        return new Wire(
                new HostAndPort(door.getInetAddress().getHostAddress(), door.getLocalPort()),
                DefaultJedisClientConfig.builder().resp2().build());
    }

    /** How many commands have come, greetings included. */
    int commands() {
        return commands.get();
    }

    /** From now on each answer waits for so long. */
    void answerAfter(Duration time) {
        wait = time;
    }

    /** The next commands are answered with these, which are lines of the protocol. */
    void prepare(String... answers) {
        prepared.addAll(List.of(answers));
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "echo");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = door.accept();
                connections.add(connection);
                daemon(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(connection.getInputStream()));
            OutputStream out = new BufferedOutputStream(connection.getOutputStream());
            while (true) {
                List<String> words = command(in);
                commands.incrementAndGet();
                LockSupport.parkNanos(wait.toNanos());
                String last = words.get(words.size() - 1);
                boolean greets = words.get(0).equals("HELLO");
                String answer = prepared.poll();
                if (answer == null) {
                    answer = greets ? "*2\r\n$5\r\nproto\r\n:2\r\n" : "$" + last.length() + "\r\n" + last + "\r\n";
                }
                out.write(Bytes.of(answer));
                if (in.available() == 0) {
                    out.flush();
                }
            }
        } catch (IOException e) {
            // the other side is gone
        }
    }

    private static List<String> command(DataInputStream in) throws IOException {
        List<String> words = new ArrayList<>();
        for (int left = number(in); left > 0; left--) {
            words.add(Bytes.text(in.readNBytes(number(in))));
            in.skipNBytes(2);
        }
        return words;
    }

    /** The number of a line such as {@code *3} or {@code $12}. */
    private static int number(DataInputStream in) throws IOException {
        int value = 0;
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            value = c >= '0' && c <= '9' ? value * 10 + (c - '0') : value;
        }
        return value;
    }

    @Override
    public void close() {
        try {
            door.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
