import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.FileReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Exit;

/**
 * Kafka's own tools in one process that stays, so that each call does not cost the start of a JVM, and clients that
 * produce and consume beside them: the world of kafka_lag_test.py and of bench_lag.
 *
 * Reads a command a line, its words parted by tabs; answers what it printed, then a line of EOT and the exit code.
 * The first word of the command line is the properties file of the clients.
 */
public class KafkaTools {
    static class Ended extends RuntimeException {}

    static final Properties client = new Properties();
    static final List<Thread> threads = new ArrayList<>();
    static final List<AutoCloseable> open = new ArrayList<>();
    static volatile boolean stopping;
    static Integer ended; // the first code: a tool may catch that it ends, and end again with another
    static Admin admin;

    public static void main(String[] words) throws Exception {
        try (FileReader file = new FileReader(words[0])) {
            client.load(file);
        }
        Exit.Procedure end = (code, message) -> {
            ended = ended == null ? code : ended;
            throw new Ended();
        };
        Exit.setExitProcedure(end);
        Exit.setHaltProcedure(end);
        PrintStream answers = System.out;
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = commands.readLine()) != null;) {
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            PrintStream to = new PrintStream(said, true, StandardCharsets.UTF_8);
            System.setOut(to);
            System.setErr(to);
            int code = 0;
            ended = null;
            try {
                run(line.split("\t"));
            } catch (Throwable thrown) {
                if (ended == null) {
                    thrown.printStackTrace();
                    code = 1;
                }
            }
            answers.write(said.toByteArray());
            answers.print("\n\u0004" + (ended == null ? code : ended) + "\n");
            answers.flush();
        }
        Runtime.getRuntime().halt(0);
    }

    static void run(String[] words) throws Exception {
        switch (words[0]) {
        case "create": // TOPIC, then for each partition its replicas: 1,2
            create(words[1], Arrays.copyOfRange(words, 2, words.length));
            break;
        case "delete": // TOPIC
            admin().deleteTopics(List.of(words[1])).all().get();
            break;
        case "produce": // TOPIC PARTITION COUNT
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producing(Map.of()))) {
                send(producer, words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
            }
            break;
        case "hang": // TOPIC PARTITION COUNT: in a transaction that nobody ends
            KafkaProducer<byte[], byte[]> hanging = new KafkaProducer<>(
                producing(Map.of("transactional.id", "hangs", "transaction.timeout.ms", "600000")));
            open.add(() -> hanging.close(Duration.ZERO));
            hanging.initTransactions();
            hanging.beginTransaction();
            send(hanging, words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
            break;
        case "flow": // TOPIC PARTITIONS GROUP: messages without end, and a member that follows and commits
            flow(words[1], Integer.parseInt(words[2]), words[3]);
            break;
        case "rebalance": // GROUP TOPIC: one member does not answer when a second one comes
            KafkaConsumer<byte[], byte[]> silent = consumer(words[1], Map.of());
            open.add(() -> silent.close(Duration.ZERO));
            silent.subscribe(List.of(words[2]));
            while (silent.assignment().isEmpty()) {
                silent.poll(Duration.ofMillis(50));
            }
            KafkaConsumer<byte[], byte[]> second = consumer(words[1], Map.of());
            second.subscribe(List.of(words[2]));
            thread(() -> {
                while (!stopping) {
                    second.poll(Duration.ofMillis(50));
                }
                second.close(Duration.ZERO);
            });
            break;
        case "commit": // PREFIX FIRST COUNT TOPIC PARTITIONS OFFSET: as groups PREFIX0 …
            for (int tries = 0;; ++tries) {
                try {
                    commit(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]), words[4],
                           Integer.parseInt(words[5]), Long.parseLong(words[6]));
                    break;
                } catch (ExecutionException thrown) { // a coordinator hears of a new topic a little later
                    if (tries == 50 || !(thrown.getCause() instanceof UnknownTopicOrPartitionException)) {
                        throw thrown;
                    }
                    Thread.sleep(100);
                }
            }
            break;
        case "stop": // all that goes on
            stop();
            break;
        default: // one of Kafka's tools
            Class.forName(words[0]).getMethod("main", String[].class)
                .invoke(null, (Object) Arrays.copyOfRange(words, 1, words.length));
        }
    }

    static Admin admin() {
        if (admin == null) {
            admin = Admin.create(client);
        }
        return admin;
    }

    /** A topic is made with as many replicas of each partition; those that are to have fewer get rid of some then. */
    static void create(String topic, String[] partitions) throws Exception {
        Map<Integer, List<Integer>> replicas = new HashMap<>();
        Map<TopicPartition, Optional<NewPartitionReassignment>> fewer = new HashMap<>();
        int most = Arrays.stream(partitions).mapToInt(one -> one.split(",").length).max().orElse(1);
        for (int i = 0; i < partitions.length; ++i) {
            List<Integer> wanted = Arrays.stream(partitions[i].split(",")).map(Integer::valueOf).toList();
            List<Integer> all = new ArrayList<>(wanted);
            for (int node = 1; all.size() < most; ++node) {
                if (!all.contains(node)) {
                    all.add(node);
                }
            }
            replicas.put(i, all);
            if (wanted.size() < most) {
                fewer.put(new TopicPartition(topic, i), Optional.of(new NewPartitionReassignment(wanted)));
            }
        }
        Map<String, String> compacted = topic.startsWith("__") ? Map.of("cleanup.policy", "compact") : Map.of();
        admin().createTopics(List.of(new NewTopic(topic, replicas).configs(compacted))).all().get();
        if (!fewer.isEmpty()) {
            admin().alterPartitionReassignments(fewer).all().get();
            while (!admin().listPartitionReassignments().reassignments().get().isEmpty()) {
                Thread.sleep(50);
            }
        }
        if (!topic.startsWith("__")) {
            settle(topic, partitions.length);
        }
    }

    /** Until each broker knows the topic: whoever asks next may ask any of them. */
    static void settle(String topic, int partitions) throws Exception {
        for (String broker : client.getProperty("bootstrap.servers").split(",")) {
            for (boolean known = false; !known;) { // the first request of a new client goes to the broker that it is given
                try (KafkaConsumer<byte[], byte[]> asking = consumer("settles", Map.of("bootstrap.servers", broker))) {
                    known = asking.partitionsFor(topic, Duration.ofSeconds(10)).size() == partitions;
                } catch (UnknownTopicOrPartitionException later) {
                    Thread.sleep(50);
                }
            }
        }
    }

    static Properties producing(Map<String, String> more) {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.putAll(more);
        properties.put("key.serializer", ByteArraySerializer.class.getName());
        properties.put("value.serializer", ByteArraySerializer.class.getName());
        return properties;
    }

    static KafkaConsumer<byte[], byte[]> consumer(String group, Map<String, String> more) {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.putAll(more);
        properties.put("group.id", group);
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("key.deserializer", ByteArrayDeserializer.class.getName());
        properties.put("value.deserializer", ByteArrayDeserializer.class.getName());
        return new KafkaConsumer<>(properties);
    }

    static void send(KafkaProducer<byte[], byte[]> producer, String topic, int partition, int count) throws Exception {
        List<Future<?>> sent = new ArrayList<>();
        for (int i = 0; i < count; ++i) {
            sent.add(producer.send(new ProducerRecord<>(topic, partition, null, new byte[] {'x'})));
        }
        producer.flush();
        for (Future<?> one : sent) {
            one.get();
        }
    }

    static void flow(String topic, int partitions, String group) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producing(Map.of()));
        thread(() -> {
            for (int i = 0; !stopping; ++i) {
                producer.send(new ProducerRecord<>(topic, i % partitions, null, new byte[] {'x'}));
                Thread.sleep(1);
            }
            producer.close(Duration.ofSeconds(5));
        });
        KafkaConsumer<byte[], byte[]> consumer = consumer(group, Map.of());
        consumer.subscribe(List.of(topic));
        thread(() -> {
            while (!stopping) {
                consumer.poll(Duration.ofMillis(20));
                consumer.commitSync();
            }
            consumer.close(Duration.ofSeconds(5));
        });
    }

    static void commit(String prefix, int first, int count, String topic, int partitions, long offset) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (int p = 0; p < partitions; ++p) {
            offsets.put(new TopicPartition(topic, p), new OffsetAndMetadata(offset));
        }
        List<Future<Void>> done = new ArrayList<>();
        for (int i = first; i < first + count; ++i) {
            done.add(admin().alterConsumerGroupOffsets(count == 1 ? prefix : prefix + i, offsets).all());
            if (done.size() == 100) {
                finish(done);
            }
        }
        finish(done);
    }

    static void finish(List<Future<Void>> done) throws Exception {
        for (Future<Void> one : done) {
            one.get(60, TimeUnit.SECONDS);
        }
        done.clear();
    }

    interface Work {
        void run() throws Exception;
    }

    static void thread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception thrown) {
                thrown.printStackTrace();
            }
        });
        thread.start();
        threads.add(thread);
    }

    static void stop() throws Exception {
        stopping = true;
        for (Thread thread : threads) {
            thread.join(10_000);
        }
        for (AutoCloseable one : open) {
            one.close();
        }
        threads.clear();
        open.clear();
        stopping = false;
    }
}
