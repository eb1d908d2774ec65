package dev.transload.mq.examples.files;

import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The whole kit, on a directory. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.examples.files.FilesProvider")
class FilesTckTest {}
