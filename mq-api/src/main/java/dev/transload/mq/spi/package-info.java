/** What a transport implements to connect one kind of broker. */
@NullMarked
package dev.transload.mq.spi;

import org.jspecify.annotations.NullMarked;
