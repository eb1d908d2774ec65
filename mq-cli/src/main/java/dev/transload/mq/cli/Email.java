package dev.transload.mq.cli;

/** A welcome e-mail, as a sign-up form hands it to the mailer. */
record Email(String to, String subject, String body) {

    static Email welcome(String name) {
        return new Email(name + "@example.com", "Welcome", "Glad you are here, " + name + "!");
    }

    /** Whom it is for: {@code anna} of {@code anna@example.com}. */
    String name() {
        return to.substring(0, to.indexOf('@'));
    }
}
