/**
 * The command line behind {@code bin/mq}. Starts at {@code MqCommand}; the demonstration's stories are the classes that
 * end in {@code Story}. It uses the library as any application does and knows no broker.
 */
@NullMarked
package dev.transload.mq.cli;

import org.jspecify.annotations.NullMarked;
