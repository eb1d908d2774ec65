/** Programs to copy from: each shows one way to use the SDK, and a test runs it. */
@NullMarked
package dev.transload.mq.examples;

import org.jspecify.annotations.NullMarked;
