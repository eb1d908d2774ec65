package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.impl.FrameHandler;
import java.lang.reflect.Proxy;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchedFramesTest {

    private final List<Object> timeouts = new ArrayList<>();
    private final BatchedFrames frames = new BatchedFrames((FrameHandler) Proxy.newProxyInstance(
            FrameHandler.class.getClassLoader(), new Class<?>[] {FrameHandler.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("setTimeout")) {
                    timeouts.add(arguments[0]);
                }
                return null;
            }));

    @Test
    void aShortHeartbeatShortensNoReadOfTheNegotiation() throws SocketException {
        frames.setTimeout(10_000);
        frames.setTimeout(500);
        assertThat(timeouts).containsExactly(10_000, 10_000);
        frames.finishConnectionNegotiation();
        assertThat(timeouts).endsWith(500);
        frames.setTimeout(250);
        assertThat(timeouts).endsWith(250);
    }
}
