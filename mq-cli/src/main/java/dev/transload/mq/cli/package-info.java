/** The command line behind {@code bin/mq}. */
@NullMarked
package dev.transload.mq.cli;

import org.jspecify.annotations.NullMarked;
