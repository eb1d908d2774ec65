package dev.transload.mq.kafka;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads {@link Progress} as the metadata of a committed offset, of which brokers take no more than {@value
 * #MOST_CHARS} characters unless configured otherwise. One character more and the whole commit fails, position included,
 * so what does not fit is left out: first what is done past the offset, then the notes of later messages.
 *
 * <p>Text is {@code mq1:} and base64 of: four bytes of checksum over the offset and what follows, a byte of flags, fence,
 * distance of the suspicion, then either runs or a bitmap with notes. Foreign or damaged text reads as nothing known.
 * Pure.
 */
final class ProgressText {

    static final int MOST_CHARS = 4096;
    static final String PREFIX = "mq1:";

    private static final int CHECKSUM = 4;

    private static final int CLEAN = 1;
    private static final int BITMAP = 2;

    private static final int DONE = 0;
    private static final int OPEN = 1;
    private static final int NOTED = 2;
    private static final int NOTED_WITH_CRASHES = 3;

    private ProgressText() {}

    /**
     * A commit's text.
     *
     * @param text the metadata
     * @param whole whether nothing was left out
     * @param notedUntil notes of offsets before this one are in it
     */
    record Written(String text, boolean whole, long notedUntil) {}

    /** Takes in what is known, in the order of offsets from the base, and writes it in the shorter way. */
    static final class Writer {
        private final long base;
        private final boolean clean;
        private final long fence;
        private final long suspectedUntil;
        private final int mostBytes;
        private final int roomForNotes;
        private final Bytes runs = new Bytes();
        private final Bytes notes = new Bytes();
        private byte[] bitmap = new byte[64];
        private int bitmapBytes;
        private boolean bitmapFits = true;
        private long position;
        private long lastNoted;
        private int runKind = -1;
        private long runLength;
        private long notesEndedAt = Long.MAX_VALUE;

        /**
         * @param base first offset that is not done
         * @param clean whether no handler is running and none will
         * @param fence number of the owner
         * @param suspectedUntil what lies before may have begun under an owner that died
         * @param mostChars longest text that the broker takes
         */
        Writer(long base, boolean clean, long fence, long suspectedUntil, int mostChars) {
            this.mostBytes = Math.max(0, (Math.min(mostChars, MOST_CHARS) - PREFIX.length()) / 4 * 3);
            this.base = base;
            this.clean = clean;
            this.fence = fence;
            this.suspectedUntil = suspectedUntil;
            this.roomForNotes = mostBytes - CHECKSUM - header(BITMAP).size() - 1;
        }

        /** The next messages are done. */
        void done(long count) {
            if (count <= 0) {
                return;
            }
            run(DONE, count);
            long end = position + count;
            if (end > mostBytes * 8L) {
                bitmapFits = false;
            } else {
                for (long bit = position; bit < end; bit++) {
                    set((int) bit);
                }
            }
            position = end;
        }

        private void set(int bit) {
            int at = bit >> 3;
            if (at >= bitmap.length) {
                bitmap = java.util.Arrays.copyOf(bitmap, Math.max(at + 1, bitmap.length * 2));
            }
            bitmap[at] |= (byte) (1 << (bit & 7));
            bitmapBytes = Math.max(bitmapBytes, at + 1);
        }

        /** The next messages are not done, and nothing is known of them. */
        void open(long count) {
            if (count > 0) {
                run(OPEN, count);
                position += count;
            }
        }

        /** The next message is not done, and this is known of it. */
        void noted(Note note) {
            if (note.isNone()) {
                open(1);
                return;
            }
            endRun();
            long value = ((long) note.failures() << 1) | (note.running() ? 1 : 0);
            runs.number((value << 2) | (note.crashes() == 0 ? NOTED : NOTED_WITH_CRASHES));
            if (note.crashes() > 0) {
                runs.number(note.crashes());
            }
            if (notesEndedAt == Long.MAX_VALUE) {
                int before = notes.size();
                notes.number(position - lastNoted);
                notes.number((value << 1) | (note.crashes() > 0 ? 1 : 0));
                if (note.crashes() > 0) {
                    notes.number(note.crashes());
                }
                if (notes.size() > roomForNotes) {
                    notes.cut(before);
                    notesEndedAt = base + position;
                } else {
                    lastNoted = position;
                }
            }
            position++;
        }

        private void run(int kind, long count) {
            if (runKind != kind) {
                endRun();
                runKind = kind;
            }
            runLength += count;
        }

        private void endRun() {
            if (runLength > 0) {
                runs.number((runLength << 2) | runKind);
            }
            runKind = -1;
            runLength = 0;
        }

        private Bytes header(int flags) {
            Bytes header = new Bytes();
            header.write(flags | (clean ? CLEAN : 0));
            header.number(fence);
            header.number(Math.max(0, suspectedUntil - base));
            return header;
        }

        /** Writes it. */
        Written write() {
            if (runKind == OPEN) {
                runLength = 0; // what follows is open anyway
            }
            endRun();
            Bytes asRuns = header(0);
            asRuns.add(runs.toByteArray(), runs.size());
            Bytes asBitmap = null;
            if (bitmapFits && notesEndedAt == Long.MAX_VALUE) {
                asBitmap = header(BITMAP);
                asBitmap.number(bitmapBytes);
                asBitmap.add(bitmap, bitmapBytes);
                asBitmap.add(notes.toByteArray(), notes.size());
            }
            Bytes shorter = asBitmap != null && asBitmap.size() < asRuns.size() ? asBitmap : asRuns;
            if (CHECKSUM + shorter.size() <= mostBytes) {
                return new Written(text(base, shorter.toByteArray()), true, Long.MAX_VALUE);
            }
            if (roomForNotes < 0) {
                return new Written("", false, base);
            }
            Bytes notesOnly = header(BITMAP);
            notesOnly.number(0);
            notesOnly.add(notes.toByteArray(), notes.size());
            return new Written(text(base, notesOnly.toByteArray()), false, notesEndedAt);
        }
    }

    private static String text(long base, byte[] content) {
        byte[] all = ByteBuffer.allocate(CHECKSUM + content.length)
                .putInt(checksum(base, content, 0))
                .put(content)
                .array();
        return PREFIX + Base64.getEncoder().withoutPadding().encodeToString(all);
    }

    private static int checksum(long base, byte[] content, int from) {
        CRC32C sum = new CRC32C();
        sum.update(ByteBuffer.allocate(Long.BYTES).putLong(base).flip());
        sum.update(content, from, content.length - from);
        return (int) sum.getValue();
    }

    /** Reads what is kept with an offset. */
    static Progress read(long base, @Nullable String text) {
        if (text == null || !text.startsWith(PREFIX) || text.length() > MOST_CHARS) {
            return Progress.at(base);
        }
        try {
            byte[] all =
                    Base64.getDecoder().decode(text.substring(PREFIX.length()).getBytes(StandardCharsets.ISO_8859_1));
            ByteBuffer in = ByteBuffer.wrap(all);
            if (in.getInt() != checksum(base, all, CHECKSUM)) {
                return Progress.at(base);
            }
            int flags = in.get();
            boolean clean = (flags & CLEAN) != 0;
            long fence = number(in);
            long suspectedUntil = base + number(in);
            TreeMap<Long, Long> done = new TreeMap<>();
            TreeMap<Long, Note> notes = new TreeMap<>();
            if ((flags & BITMAP) != 0) {
                readBitmap(base, in, done, notes);
            } else {
                readRuns(base, in, done, notes);
            }
            return new Progress(base, clean, fence, suspectedUntil, done, notes);
        } catch (RuntimeException e) {
            return Progress.at(base); // someone else's, or cut
        }
    }

    private static void readRuns(long base, ByteBuffer in, Map<Long, Long> done, Map<Long, Note> notes) {
        long at = base;
        while (in.hasRemaining()) {
            long item = number(in);
            long value = item >>> 2;
            switch ((int) (item & 3)) {
                case DONE -> {
                    done.put(at, at + value);
                    at += value;
                }
                case OPEN -> at += value;
                case NOTED -> notes.put(at++, note(value, 0));
                default -> notes.put(at++, note(value, (int) number(in)));
            }
        }
    }

    private static void readBitmap(long base, ByteBuffer in, Map<Long, Long> done, Map<Long, Note> notes) {
        int bytes = (int) number(in);
        long start = -1;
        for (int i = 0; i < bytes; i++) {
            int eight = in.get();
            for (int bit = 0; bit < 8; bit++) {
                long at = base + i * 8L + bit;
                if ((eight >> bit & 1) == 0) {
                    if (start >= 0) {
                        done.put(start, at);
                    }
                    start = -1;
                } else if (start < 0) {
                    start = at;
                }
            }
        }
        if (start >= 0) {
            done.put(start, base + bytes * 8L);
        }
        long at = base;
        while (in.hasRemaining()) {
            at += number(in);
            long value = number(in);
            notes.put(at, note(value >>> 1, (value & 1) == 1 ? (int) number(in) : 0));
        }
    }

    private static Note note(long value, int crashes) {
        return new Note((int) (value >>> 1), crashes, (value & 1) == 1);
    }

    private static long number(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number does not end");
    }

    /** Bytes and numbers of seven bits a byte, lowest first. */
    private static final class Bytes extends ByteArrayOutputStream {

        void number(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                write((int) ((rest & 0x7f) | 0x80));
                rest >>>= 7;
            }
            write((int) rest);
        }

        void add(byte[] bytes, int length) {
            write(bytes, 0, length);
        }

        void cut(int size) {
            count = size;
        }
    }
}
