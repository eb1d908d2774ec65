/**
 * Programs to copy from, compiled, and run by tests in memory and on real brokers. The documentation quotes them word
 * for word.
 */
@NullMarked
package dev.transload.mq.examples;

import org.jspecify.annotations.NullMarked;
