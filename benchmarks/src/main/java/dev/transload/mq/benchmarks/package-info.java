/** What the SDK costs beside the raw broker clients. */
@NullMarked
package dev.transload.mq.benchmarks;

import org.jspecify.annotations.NullMarked;
