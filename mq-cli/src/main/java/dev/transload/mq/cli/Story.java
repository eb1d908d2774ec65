package dev.transload.mq.cli;

/** One story of the demonstration. */
interface Story {

    /** What it is about, in a line. */
    String title();

    /**
     * Tells it: does everything for real, and verifies what came of it.
     *
     * @throws StoryException if something did not happen as told
     */
    void tell(Stage stage) throws Exception;
}
