package dev.transload.mq.sqs;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientAsyncConfiguration;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.sns.SnsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/**
 * The clients of both services, over one HTTP client whose threads bear this client's name. Making them may read files
 * and ask the machine for its region, so it is not done on a thread that must not wait.
 *
 * <p>Thread-safe.
 */
final class SqsClients {

    private static final int CONNECTIONS = 128;
    private static final int ATTEMPTS = 3;
    private static final String ANYWHERE = "us-east-1";

    private final EventLoopGroup loops;
    private final ScheduledThreadPoolExecutor timers;
    private final SdkAsyncHttpClient http;
    private final SqsAsyncClient sqs;
    private final SqsAsyncClient messages;
    private final SnsAsyncClient sns;
    private final SnsAsyncClient publishing;
    private final String region;

    /**
     * Makes the clients.
     *
     * @param completions runs what is told about answers. Not the thread that reads them: the SDK would end the request of
     *     an answer that is an error before it had read it to its end, and with it the connection.
     */
    SqsClients(SqsOptions options, String clientId, SqsUsage usage, Executor completions) {
        this.loops = loops("mq-sqs-io-" + clientId);
        this.timers = new ScheduledThreadPoolExecutor(1, named("mq-sqs-timer-" + clientId));
        timers.setRemoveOnCancelPolicy(true);
        this.http = NettyNioAsyncHttpClient.builder()
                .eventLoopGroup(SdkEventLoopGroup.create(loops))
                .maxConcurrency(CONNECTIONS)
                .maxPendingConnectionAcquires(10_000)
                .connectionAcquisitionTimeout(options.requestTimeout())
                .connectionTimeout(min(options.requestTimeout(), Duration.ofSeconds(5)))
                .connectionMaxIdleTime(Duration.ofSeconds(50))
                .readTimeout(options.requestTimeout().plus(options.longestPoll()))
                .writeTimeout(options.requestTimeout())
                .tcpKeepAlive(true)
                .applyMutation(
                        b -> options.trust().ifPresent(trust -> b.tlsTrustManagersProvider(trust::getTrustManagers)))
                .build();
        try {
            AwsCredentialsProvider credentials = credentials(options);
            Region where = Region.of(region(options));
            this.region = where.id();
            ClientAsyncConfiguration async = ClientAsyncConfiguration.builder()
                    .advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, completions)
                    .build();
            this.sqs = sqs(options, where, credentials, override(options, usage, false), async, true);
            this.messages = sqs(options, where, credentials, override(options, usage, true), async, false);
            this.sns = sns(options, where, credentials, override(options, usage, false), async);
            this.publishing = sns(options, where, credentials, override(options, usage, true), async);
        } catch (RuntimeException e) {
            closeHttp();
            throw e;
        }
    }

    // The SDK knows event loops by the name of their class, and none of those with which Netty 4.2 replaces this one.
    @SuppressWarnings("deprecation")
    private static EventLoopGroup loops(String name) {
        return new NioEventLoopGroup(2, named(name));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread made = new Thread(task, name + "-" + number.incrementAndGet());
            made.setDaemon(true);
            return made;
        };
    }

    private SqsAsyncClient sqs(
            SqsOptions options,
            Region where,
            AwsCredentialsProvider credentials,
            ClientOverrideConfiguration override,
            ClientAsyncConfiguration async,
            boolean checksums) {
        return SqsAsyncClient.builder()
                .httpClient(http)
                .region(where)
                .credentialsProvider(credentials)
                .overrideConfiguration(override)
                .asyncConfiguration(async)
                .checksumValidationEnabled(checksums)
                .applyMutation(b -> options.endpoint().ifPresent(b::endpointOverride))
                .build();
    }

    private SnsAsyncClient sns(
            SqsOptions options,
            Region where,
            AwsCredentialsProvider credentials,
            ClientOverrideConfiguration override,
            ClientAsyncConfiguration async) {
        return SnsAsyncClient.builder()
                .httpClient(http)
                .region(where)
                .credentialsProvider(credentials)
                .overrideConfiguration(override)
                .asyncConfiguration(async)
                .applyMutation(b -> options.endpoint().ifPresent(b::endpointOverride))
                .build();
    }

    private ClientOverrideConfiguration override(SqsOptions options, SqsUsage usage, boolean aboutMessages) {
        return ClientOverrideConfiguration.builder()
                .apiCallTimeout(aboutMessages ? null : options.requestTimeout())
                .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(ATTEMPTS)
                        .doNotRetryWhen(attempt -> aboutMessages && !(attempt.failure() instanceof AwsServiceException))
                        .build())
                .scheduledExecutorService(timers)
                .addExecutionInterceptor(new Counting(usage))
                .build();
    }

    private static AwsCredentialsProvider credentials(SqsOptions options) {
        if (options.accessKey().isPresent() && options.secret().isPresent()) {
            String key = options.accessKey().get();
            String secret = options.secret().get();
            return StaticCredentialsProvider.create(
                    options.sessionToken().isPresent()
                            ? AwsSessionCredentials.create(
                                    key, secret, options.sessionToken().get())
                            : AwsBasicCredentials.create(key, secret));
        }
        return options.profile().isPresent()
                ? ProfileCredentialsProvider.create(options.profile().get())
                : DefaultCredentialsProvider.builder().build();
    }

    private static String region(SqsOptions options) {
        if (options.region().isPresent()) {
            return options.region().get();
        }
        if (options.endpoint().isPresent()) {
            return ANYWHERE;
        }
        DefaultAwsRegionProviderChain.Builder chain = DefaultAwsRegionProviderChain.builder();
        options.profile().ifPresent(chain::profileName);
        return chain.build().getRegion().id();
    }

    SqsAsyncClient sqs() {
        return sqs;
    }

    /**
     * For requests about messages, which are tried again here only if the service answered that it cannot. What got no
     * answer may have been done, and is a matter of the engine, which knows what that means. How long one may take is
     * {@link SqsAsk}'s business, and checksums are {@link Checksums}'.
     */
    SqsAsyncClient messages() {
        return messages;
    }

    /** Like {@link #messages}, for SNS. */
    SnsAsyncClient publishing() {
        return publishing;
    }

    SnsAsyncClient sns() {
        return sns;
    }

    /** The region that is asked. */
    String region() {
        return region;
    }

    /** Ends all clients and all threads; what is under way fails. Waits for the threads, a second at most. */
    void close() {
        sqs.close();
        messages.close();
        sns.close();
        publishing.close();
        closeHttp();
    }

    private void closeHttp() {
        http.close();
        timers.shutdownNow();
        loops.shutdownGracefully(100, 1_000, TimeUnit.MILLISECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    /** Counts each attempt that leaves, and each that was one too many. */
    private record Counting(SqsUsage usage) implements ExecutionInterceptor {

        @Override
        public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
            usage.request(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
        }

        @Override
        public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
            int status = context.httpResponse().statusCode();
            if (status == 429 || status == 503) {
                usage.throttle();
            }
        }
    }
}
