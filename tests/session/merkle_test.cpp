#include "session/merkle.h"

#include "support/suite.h"

#include <QtTest>
#include <string>

using namespace sluice;
using namespace sluice::session;

class MerkleTest : public QObject {
    Q_OBJECT

    static std::vector<Digest> leaves(std::size_t count) {
        std::vector<Digest> all;
        for (std::size_t i = 0; i < count; ++i) {
            all.push_back(leaf_hash("leaf " + std::to_string(i)));
        }
        return all;
    }

private slots:
    void roots_are_those_of_certificate_transparency() {
        // The test vectors of google/certificate-transparency (merkle_tree_test): 8 leaves, the root after each.
        const std::vector<std::string> inputs = {"",
                                                 std::string(1, '\0'),
                                                 "\x10",
                                                 "\x20\x21",
                                                 "\x30\x31",
                                                 "\x40\x41\x42\x43",
                                                 "\x50\x51\x52\x53\x54\x55\x56\x57",
                                                 "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
        const std::vector<std::string> roots = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                                "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                                "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                                "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
        CompactRange range;
        QCOMPARE(hex(range.root()), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        std::vector<Digest> hashes;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            hashes.push_back(leaf_hash(inputs[i]));
            range.add(hashes.back());
            QCOMPARE(hex(range.root()), roots[i]);
        }
        // Vectors of the same source: the path of leaf 0 in 8, and the proof from 6 to 8.
        const auto path = inclusion_proof(hashes, 0);
        QCOMPARE(path.size(), std::size_t{3});
        QCOMPARE(hex(path[0]), std::string("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"));
        QCOMPARE(hex(path[1]), std::string("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"));
        QCOMPARE(hex(path[2]), std::string("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"));
        const auto proof = consistency_proof(hashes, 6);
        QCOMPARE(proof.size(), std::size_t{3});
        QCOMPARE(hex(proof[0]), std::string("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"));
        QCOMPARE(hex(proof[1]), std::string("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"));
        QCOMPARE(hex(proof[2]), std::string("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"));
    }

    void every_leaf_proves_that_it_is_included_and_nothing_else_does() {
        for (std::size_t size = 1; size <= 33; ++size) {
            const auto all = leaves(size);
            const Digest root = tree_root(all);
            for (std::size_t index = 0; index < size; ++index) {
                auto proof = inclusion_proof(all, index);
                QVERIFY(verify_inclusion(all[index], index, size, proof, root));
                QVERIFY(!verify_inclusion(all[index], index + 1, size, proof, root));
                QVERIFY(!verify_inclusion(leaf_hash("other"), index, size, proof, root));
                proof.push_back(root);
                QVERIFY(!verify_inclusion(all[index], index, size, proof, root));
                proof.pop_back();
                for (auto& sibling : proof) {
                    sibling[7] ^= 1;
                    QVERIFY(!verify_inclusion(all[index], index, size, proof, root));
                    sibling[7] ^= 1;
                }
                if (!proof.empty()) {
                    proof.pop_back();
                    QVERIFY(!verify_inclusion(all[index], index, size, proof, root));
                }
            }
        }
    }

    void every_beginning_proves_that_it_was_only_added_to() {
        for (std::size_t size = 1; size <= 33; ++size) {
            const auto all = leaves(size);
            const Digest root = tree_root(all);
            for (std::size_t first = 0; first <= size; ++first) {
                const Digest before = tree_root(std::span(all).first(first));
                auto proof = consistency_proof(all, first);
                QVERIFY(verify_consistency(first, before, size, root, proof));
                Digest other = before;
                other[0] ^= 1;
                QVERIFY(!verify_consistency(first, other, size, root, proof));
                other = root;
                other[31] ^= 0x80;
                if (first > 0) { // the empty tree begins every tree, and proves nothing
                    QVERIFY(!verify_consistency(first, before, size, other, proof));
                }
                for (auto& node : proof) {
                    node[0] ^= 4;
                    QVERIFY(!verify_consistency(first, before, size, root, proof));
                    node[0] ^= 4;
                }
                proof.push_back(root);
                QVERIFY(!verify_consistency(first, before, size, root, proof));
            }
        }
        QVERIFY(!verify_consistency(2, {}, 1, {}, {}));
    }
};

SLUICE_TEST(MerkleTest)
#include "merkle_test.moc"
