package dev.transload.mq.cli;

import picocli.CommandLine.Command;

/** {@code mq dead-letters}: the group of commands about messages that were set aside. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Looks at the messages that were given up, sends them back, or removes them. A queue keeps its dead letters"
                    + " in NAME.dlq, a group of a topic in TOPIC--GROUP.dlq; name the queue or group here, not that"
                    + " place.",
            ""
        },
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  mq dead-letters list --queue email-queue",
            "  mq dead-letters show --queue email-queue 0199c1c2-…",
            "  mq dead-letters redrive --queue email-queue --where type=SmtpException --rate 100 --dry-run",
            "  mq dead-letters purge --topic orders --group billing --where reason=EXPIRED --yes"
        })
final class DeadLettersCommand {}
