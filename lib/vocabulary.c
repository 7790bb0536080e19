/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vocabulary.h"

#include <stdint.h>
#include <string.h>

#define ALL ((1U << VOCABULARY_LANGUAGES) - 1)
#define WORDS_MAX 6144
#define SLOTS 16384 /* a power of two, more than twice as many as there can be words */

enum { EN, FR, DE, ES, IT, PT, NL, PL, RO, SV, DA, CA, CS, HU, FI, TR };

static const struct {
    const char *tag;
    const char *words;
} vocabularies[VOCABULARY_LANGUAGES] = {
    [EN] =
        {"en",
         "a i an the this that these those it its he she we you they him her us them me my your "
         "our "
         "their his mine yours ours who whom whose which what when where why how "
         "is are was were am be been being have has had having do does did done doing don't "
         "doesn't "
         "didn't isn't wasn't aren't weren't haven't hasn't hadn't can can't cannot cant could "
         "couldn't "
         "will won't would wouldn't shall should shouldn't may might must dont didnt doesnt wont "
         "isnt "
         "ive im whats i'm i've i'd i'll it's that's what's there's you're you've we're we've "
         "they're "
         "he's she's let's 'm 's 've 'd 'll 're 't "
         "of to in on at by for with from about into onto over under after before between through "
         "during without within against since until till upon near above below behind off out up "
         "down "
         "and or but not no nor so if then than because while although though as like just only "
         "very "
         "too also still yet already again once ever never always often soon now today tomorrow "
         "yesterday here there anywhere nowhere everywhere somebody anybody nobody someone anyone "
         "everyone something anything nothing everything some any each every all both half none "
         "other "
         "another more most much many few less least own same such even quite really please thanks "
         "thank hello hi hey dear regards sincerely cheers sorry kind best sir madam mr mrs good "
         "morning afternoon evening bad new old last next first second third one two three four "
         "five "
         "six seven eight nine ten hundred "
         "get got getting give gave given go going gone went come came take took taken make made "
         "know "
         "knew known want wanted need needed think thought say said says tell told ask asked "
         "asking "
         "see saw seen look looked looks find found use used using try tried trying work works "
         "worked "
         "working keep keeps kept put send sent sending receive received arrive arrived arrives "
         "wait "
         "waiting waited call called ring rang answer answered answers reply replied write wrote "
         "written help helped change changed cancel cancelled canceled order ordered ordering "
         "orders "
         "buy bought pay paid paying charge charged return returned returning refund refunded "
         "replace "
         "replaced replacement deliver delivered delivery ship shipped shipping move moved left "
         "open "
         "opened close closed stop stopped start started broken broke damaged smashed missing "
         "faulty "
         "wrong late early expired lost happy unhappy annoyed disappointed angry able unable "
         "invoice bill receipt parcel package box item items product products money account "
         "password "
         "login card bank payment price amount quote address name number phone email mail letter "
         "message shop store warehouse driver courier customer service subscription contract "
         "website "
         "tracking meter reading date day days week weeks month months year years time times "
         "minute "
         "minutes hour hours monday tuesday wednesday thursday friday saturday sunday house home "
         "door "
         "neighbour neighbor wife husband mother father size large small problem question issue "
         "reason "
         "way thing things people any news going seem seems let lets back away "},
    [FR] =
        {"fr",
         "je j' tu il elle on nous vous ils elles me m' te t' se s' le la l' les lui leur leurs y "
         "en un "
         "une des du de d' au aux ce c' cet cette ces cela ca mon ma mes ton ta tes son sa ses "
         "notre "
         "nos votre vos qui que qu' quoi dont ou quel quelle quels quelles lequel laquelle "
         "suis es est sommes etes sont etait etaient etais sera serait seront soit ete etre ai as "
         "a "
         "avons avez ont avait avais avaient aura aurait avoir eu fait faire faites fais font faut "
         "faudrait peut peux peuvent pouvez pouvons pourrait pourriez pourrais pouvoir veux veut "
         "voulez voulons voudrais voudrait vouloir veuillez dois doit devez doivent devrait devoir "
         "sais sait savez savoir va vais vont allez aller n' ne pas plus rien jamais aucun aucune "
         "personne point "
         "et ou mais donc or ni car si comme quand lorsque puisque parce pourquoi comment combien "
         "dans sur sous avec sans pour par chez vers entre depuis pendant avant apres contre "
         "jusqu' "
         "jusque des lors malgre selon afin plutot aussi encore deja toujours souvent bientot "
         "maintenant hier demain aujourd'hui ici la-bas tres trop peu beaucoup assez bien mal "
         "mieux "
         "tout toute tous toutes meme autre autres chaque quelque quelques quelqu' plusieurs "
         "certains "
         "ainsi alors ensuite enfin pourtant cependant seulement merci bonjour bonsoir salut svp "
         "cordialement salutations sincerement madame monsieur mesdames messieurs cher chere bonne "
         "bon "
         "bons nouveau nouvelle nouvelles premier premiere dernier derniere prochain prochaine un "
         "deux "
         "trois quatre cinq six sept huit neuf dix cent fois heure heures jour jours semaine "
         "semaines "
         "mois an ans annee matin soir lundi mardi mercredi jeudi vendredi samedi dimanche juin "
         "commande commander commandee commandes colis paquet livraison livre livree livreur "
         "livrer "
         "facture factures paiement payer paye virement prelevement prelever preleve debite argent "
         "montant prix compte carte banque remboursement rembourser rembourse remboursee retour "
         "retourner renvoyer renvoi echange echanger article articles produit produits magasin "
         "boutique adresse nom numero telephone appeler rappeler appel mail courriel lettre "
         "message "
         "reponse repondre repondu demande demander question probleme erreur panne defaut casse "
         "cassee "
         "abime manque manquait manquant mauvais mauvaise taille couleur contrat abonnement "
         "resilier "
         "annuler annulation supprimer modifier changer envoyer envoye envoyee envoi recevoir recu "
         "recue recois attends attendre attente arrive arrivee arriver connecter connexion acceder "
         "mot "
         "passe lien espace client cliente clients service site photo compteur releve devis offre "
         "maison porte voisin femme mari mere pere fils fille enfant gens monde impossible urgent "
         "toujours est-ce quelqu'un n'est c'est qu'il d'un d'une besoin aimerais aimerions "
         "souhaite "
         "souhaiterais souhaitons trouve trouver acheter achete dire dit voir vu mettre mis "
         "prendre "
         "pris donner veulent vient venir venu parti partie reste rester marche fonctionne "
         "fonctionner "
         "personne "},
    [DE] =
        {"de",
         "ich du er sie es wir ihr mich dich ihn uns euch sich mir dir ihm ihnen mein meine meinen "
         "meinem meiner meines dein deine sein seine seinen seiner ihre ihren ihrem ihrer ihres "
         "unser "
         "unsere unseren unserem unserer euer eure der die das den dem des ein eine einen einem "
         "einer "
         "eines kein keine keinen keinem keiner dies diese dieser dieses diesen diesem jene jeder "
         "jede "
         "jedes jemand niemand man etwas nichts nix alles alle allen viel viele wenig mehr "
         "bin bist ist sind seid war waren wart gewesen sein habe hab hast hat haben habt hatte "
         "hatten "
         "hatte hatten haette hatten gehabt werde wird werden wirst wurde wurden wuerde wuerden "
         "wurde "
         "worden kann kannst konnen koennen konnte konnten koennte koennten mochte mochten moechte "
         "moechten muss mussen muessen musste soll sollte sollen will wollen wollte darf durfen "
         "duerfen "
         "wer wen wem wessen was wann wo wohin woher warum wieso weshalb wie welche welcher "
         "welches "
         "und oder aber denn sondern nicht auch noch nur schon immer nie niemals wieder sehr ganz "
         "gar "
         "so zu dann da dort hier jetzt heute gestern morgen bald eben mal doch ja nein wenn weil "
         "als "
         "dass ob damit obwohl bevor nachdem wahrend waehrend seit seitdem bis "
         "in im an am auf aus bei beim mit nach von vom vor fur fuer um uber ueber unter ohne "
         "gegen "
         "durch zwischen hinter neben wegen trotz statt zum zur ab "
         "hallo guten gute guter tag abend moin sehr geehrte geehrter damen herren herr frau liebe "
         "lieber danke dank bitte freundlichen freundliche grusse gruesse grussen gruessen gruss "
         "vielen "
         "mfg schone schoene besten "
         "eins zwei drei vier funf fuenf sechs sieben acht neun zehn hundert erste zweite dritte "
         "mal "
         "zweimal dreimal letzte letzten nachste naechste neue neuen neuer neues alt alten gut "
         "besser "
         "schlecht falsch falsche richtig kaputt defekt zerbrochen beschadigt beschaedigt klein "
         "gross "
         "grosse groesse lange langsam schnell gleich selbst gibt gibts geben geht gehen ging "
         "kommt "
         "kommen kam macht machen gemacht sagen sagt gesagt fragen gefragt weiss wissen denken "
         "finden "
         "gefunden lassen nehmen genommen stehen steht liegt liegen bleibt bleiben brauche "
         "brauchen "
         "warte warten gewartet bestellt bestellen bestellung geliefert lieferung liefern paket "
         "packchen paeckchen sendung rucksendung ruecksendung zuruck zurueck ruckgabe rueckgabe "
         "umtausch ersatz erstattung erstatten geld rechnung zahlung bezahlen bezahlt uberweisung "
         "ueberweisung abgebucht abbuchung betrag preis kosten konto karte bank kunde kunden "
         "kundennummer kundendienst vertrag kundigen kuendigen kundigung kuendigung gekundigt "
         "gekuendigt abo stornieren storniert andern aendern anderung aenderung adresse anschrift "
         "namen nummer telefon anrufen angerufen anruf mail nachricht schreiben geschrieben "
         "antwort "
         "antworten frage problem fehler grund angebot laden geschaft geschaeft lager fahrer bote "
         "nachbar nachbarn haus wohnung tur tuer woche wochen monat monate monaten jahr jahre "
         "tagen "
         "tage stunde stunden minuten uhr montag dienstag mittwoch donnerstag freitag samstag "
         "sonntag "
         "juni juli passwort kennwort anmelden einloggen angemeldet zugang link seite zahler "
         "zaehler "
         "zahlerstand zaehlerstand anbei anhang bekommen bekam erhalten angekommen ankommen "
         "gekauft "
         "kaufen verkauft schicken geschickt schickt senden gesendet mutter vater mann leider "
         "funktioniert laufen lauft laeuft daten loschen loeschen hilfe helfen euro "},
    [ES] =
        {"es",
         "yo tu el ella ello nosotros nosotras vosotros ellos ellas usted ustedes me te se nos os "
         "le "
         "les lo la los las mi mis su sus nuestro nuestra nuestros nuestras vuestro vuestra un una "
         "unos unas del al de a este esta esto estos estas ese esa eso esos aquel aquella que "
         "quien "
         "quienes cual cuales cuyo donde cuando como cuanto cuanta por porque "
         "soy eres es somos son era eran fue fueron ser sido sera seria sea estoy esta estamos "
         "estan "
         "estaba estaban estar estado he has ha hemos habeis han habia habian haber hay hubo tengo "
         "tiene tienen tenemos tenia tener puedo puede pueden podemos podria podrian poder quiero "
         "quiere quieren queremos quisiera queria queriamos debo debe deben deberia hago hace "
         "hacen "
         "hacer hecho hizo voy va vamos van ir "
         "no si ni y e o u pero sino aunque mientras pues entonces asi tambien tampoco muy mas "
         "menos "
         "mucho mucha muchos muchas poco poca todo toda todos todas nada nadie nunca jamas siempre "
         "algo alguien algun alguna algunos ningun ninguna otro otra otros cada mismo misma ya aun "
         "todavia ahora hoy ayer manana luego despues antes aqui alli ahi bien mal mejor peor solo "
         "en con sin para por sobre entre desde hasta hacia contra segun durante tras ante bajo "
         "hola buenos buenas buen bueno buena dias dia tardes noches gracias favor saludos saludo "
         "estimado estimada estimados senor senora senores cordial cordiales atentamente "
         "uno dos tres cuatro cinco seis siete ocho nueve diez cien doscientas doscientos primera "
         "primero segunda segundo tercera tercero ultima ultimo proxima proximo nuevo nueva nuevos "
         "vez veces hora horas semana semanas mes meses ano anos lunes martes miercoles jueves "
         "viernes "
         "sabado domingo junio julio "
         "pedido pedidos pedir paquete envio enviar enviado enviaron envien entrega entregar "
         "entregado "
         "entregaron reparto repartidor transportista factura facturas pago pagar pagado cobro "
         "cobrar "
         "cobrado cobraron dinero importe precio cuenta tarjeta banco transferencia reembolso "
         "reembolsar devolver devolucion devuelvan devuelto cambio cambiar cambien articulo "
         "producto "
         "tienda almacen direccion nombre numero telefono llamar llame llamada correo mensaje "
         "carta "
         "respuesta responder responde respondido pregunta preguntar preguntado problema error "
         "fallo "
         "averia roto rota rotos rotas danado falta faltan faltaba equivocado equivocada talla "
         "color "
         "contrato suscripcion baja cancelar cancelado anular borrar modificar recibir recibido "
         "recibi espero esperar esperando llegado llega llegar llego entrar acceder sesion "
         "contrasena "
         "clave enlace usuario cliente servicio pagina web sitio foto contador lectura presupuesto "
         "oferta casa piso puerta vecino mujer marido madre padre hijo gente imposible urgente "
         "necesito necesitamos necesita funciona funcionar funcionan sigue seguir siguen dice "
         "decir "
         "dicho ver visto dar dado quedar queda compre comprado comprar compra mandar mandado "
         "saber se "
         "sabe creo parece pasa pasado vuelve volver vuelto gustaria datos conmigo pone puesto "},
    [IT] =
        {"it",
         "io tu egli lui lei noi voi essi loro mi ti si ci vi lo la li le gli ne me te se il l' i "
         "un "
         "un' uno una del dello della dell' dei degli delle al allo alla all' ai agli alle dal "
         "dallo "
         "dalla dall' dai dagli dalle nel nello nella nell' nei negli nelle sul sullo sulla sull' "
         "sui "
         "sulle col mio mia miei mie tuo tua suo sua suoi sue nostro nostra nostri nostre vostro "
         "vostra vostri vostre questo questa questi queste quest' quello quella quelli quelle "
         "quell' "
         "che chi cui cosa quale quali quando dove dov' come com' quanto quanta perche c' d' "
         "sono sei e siamo siete era erano ero stato stata stati state essere sia sara sarebbe ho "
         "hai "
         "ha abbiamo avete hanno aveva avevo avevano avere avuto faccio fa fanno fare fatto posso "
         "puo "
         "possiamo potete possono potrei potrebbe potreste potere voglio vuole vogliamo vorrei "
         "vorremmo volevo volere devo deve dovete devono dovrebbe dovere vado va vanno andare so "
         "sa "
         "sapere "
         "non no ne anche ancora gia mai sempre piu meno molto molta molti molte poco pochi troppo "
         "tutto tutta tutti tutte niente nulla nessuno nessuna ogni altro altra altri qualcuno "
         "qualcosa qualche stesso stessa cosi pero ma e ed o oppure se mentre quindi allora poi "
         "dopo "
         "prima ora adesso oggi ieri domani qui qua bene male meglio solo soltanto invece proprio "
         "appena di a da in con su per tra fra senza verso sotto sopra contro durante entro fino "
         "piuttosto davanti presso "
         "ciao salve buongiorno buonasera buona buono grazie prego favore cordiali saluti saluto "
         "distinti gentile gentili egregi spettabile signor signore signora signori "
         "uno due tre quattro cinque sette otto nove dieci cento duecento primo prima secondo "
         "seconda "
         "terza ultimo ultima prossimo nuovo nuova nuovi volta volte ora ore giorno giorni "
         "settimana "
         "settimane mese mesi anno anni lunedi martedi mercoledi giovedi venerdi sabato domenica "
         "giugno luglio "
         "ordine ordini ordinare ordinato pacco spedizione spedire spedito consegna consegnare "
         "consegnato consegnata corriere fattura fatture pagamento pagare pagato addebito "
         "addebitato "
         "soldi denaro importo prezzo conto carta banca bonifico rimborso rimborsare rimborsato "
         "reso "
         "restituire restituzione cambio cambiare articolo prodotto prodotti negozio magazzino "
         "indirizzo nome numero telefono chiamare chiamata richiamare richiamarmi posta messaggio "
         "lettera risposta rispondere risponde risposto domanda chiedere chiesto chiedo problema "
         "errore guasto rotto rotta rotti difettoso manca mancano mancava sbagliato sbagliata "
         "taglia "
         "colore contratto abbonamento disdire disdetta annullare annullato cancellare cancellate "
         "modificare ricevere ricevuto ricevuta aspetto aspettare aspettando arrivato arrivata "
         "arriva "
         "arrivare accedere accesso utente cliente clienti servizio sito pagina foto contatore "
         "lettura "
         "preventivo offerta casa porta vicino moglie marito madre padre gente impossibile urgente "
         "bisogno bisogna serve serviva funziona funzionano funzionare riesco riesce succede detto "
         "dire "
         "vedere visto dare dato comprare comprato mandare mandato mandate inviare inviato sapere "
         "credo sembra torna tornare aperto aperta aprire chiudere chiuso lasciato lasciare "
         "allegato "
         "dati voglio "},
    [PT] =
        {"pt",
         "eu tu ele ela nos vos eles elas voce voces me te se lhe lhes o a os as um uma uns umas "
         "do da "
         "dos das no na nos nas ao aos pelo pela pelos pelas num numa dum duma meu minha meus "
         "minhas "
         "teu tua seu sua seus suas nosso nossa nossos nossas vosso vossa vossos vossas dele dela "
         "este esta estes estas isto esse essa isso aquele aquela aquilo que quem qual quais onde "
         "quando como quanto quanta porque porque cujo "
         "sou es e somos sao era eram fui foi foram ser sido sera seria seja estou esta estamos "
         "estao "
         "estava estavam estar estado tenho tem temos tinha tinham ter tido ha havia houve haver "
         "posso "
         "pode podem podemos podia poderia poder quero quer querem queremos queria gostaria "
         "gostariamos gostava devo deve devem devia deveria faco faz fazem fazer feito fiz fez vou "
         "vai "
         "vamos vao ir "
         "nao sim nem e ou mas porem embora enquanto pois entao assim tambem muito muita muitos "
         "muitas "
         "pouco pouca mais menos todo toda todos todas tudo nada ninguem nunca jamais sempre algo "
         "alguem algum alguma alguns nenhum nenhuma outro outra outros cada mesmo mesma ja ainda "
         "agora "
         "hoje ontem amanha logo depois antes aqui ali la bem mal melhor pior so apenas "
         "de a em com sem por para sobre entre desde ate contra durante apos sob "
         "ola bom dia boa tarde noite obrigado obrigada favor cumprimentos caro cara caros prezado "
         "prezada prezados senhor senhora senhores atenciosamente "
         "um dois duas tres quatro cinco seis sete oito nove dez cem duzentos duzentas primeiro "
         "primeira segundo segunda terceira ultimo ultima proximo proxima novo nova novos novas "
         "vez "
         "vezes hora horas dias semana semanas mes meses ano anos segunda-feira terca quarta "
         "quinta "
         "sexta sabado domingo junho julho "
         "encomenda encomendas encomendei encomendar pedido pacote envio enviar enviado enviem "
         "entrega "
         "entregar entregue entregaram estafeta fatura faturas factura pagamento pagar pago paguei "
         "cobrado cobraram cobranca dinheiro valor preco conta cartao banco transferencia "
         "reembolso "
         "reembolsar devolver devolucao troca trocar artigo produto produtos loja armazem morada "
         "endereco nome numero telefone telefonar ligar ligaram ligue chamada correio email "
         "mensagem "
         "carta resposta responder responde respondeu pergunta perguntar problema erro avaria "
         "avariado "
         "partido partida quebrado falta faltam faltava errado errada tamanho cor contrato "
         "assinatura "
         "subscricao cancelar cancelado cancelo anular apagar alterar alterem receber recebi "
         "recebido "
         "espero esperar chegou chegar chegaram entrar aceder acesso palavra-passe senha ligacao "
         "utilizador usuario cliente clientes servico pagina site foto contador leitura orcamento "
         "oferta casa porta vizinho mulher marido mae pai gente impossivel urgente preciso "
         "precisamos "
         "funciona funcionar consigo consegue diz dizer disse ver visto vi dar deu ficar fica "
         "comprei "
         "comprar comprado mandar mandei saber sei acho parece passa voltar voltou abrir aberto "
         "abertos "
         "dados anexo partiu deixou "},
    [NL] =
        {"nl",
         "ik jij je u hij zij ze wij we jullie mij me jou hem haar ons hen hun het de een mijn m'n "
         "jouw uw zijn haar onze dit dat deze die wie wat waar wanneer waarom hoe welke welk er "
         "daar "
         "hier iemand niemand iets niets niks alles alle allemaal elk elke ieder iedere men "
         "ben bent is zijn was waren geweest heb hebt heeft hebben had hadden gehad word wordt "
         "worden "
         "werd werden geworden kan kun kunt kunnen kon konden zal zult zullen zou zouden wil wilt "
         "willen wilde moet moeten moest mag mogen mocht doe doet doen deed gedaan ga gaat gaan "
         "ging "
         "gegaan kom komt komen kwam gekomen "
         "niet geen en of maar want dus als dan toen omdat hoewel terwijl voordat nadat sinds "
         "totdat "
         "ook nog al steeds altijd nooit weer nu straks vandaag gisteren morgen snel zo zeer heel "
         "erg "
         "te meer minder veel weinig wel toch eens even alleen samen zelf eigenlijk graag liever "
         "in op aan bij met van voor naar uit over onder door tegen tussen zonder tot om af na per "
         "via "
         "volgens wegens tijdens achter naast "
         "hallo hoi dag goedemorgen goedemiddag goedenavond goedendag beste geachte heer mevrouw "
         "meneer dank bedankt dankjewel alstublieft aub groet groeten groetjes vriendelijke "
         "hartelijk "
         "vr mvg "
         "een twee drie vier vijf zes zeven acht negen tien honderd tweehonderd eerste tweede "
         "derde "
         "laatste volgende vorige nieuw nieuwe oud oude goed goede beter slecht verkeerd verkeerde "
         "juist kapot stuk defect gebroken beschadigd klein grote groot lang keer tweemaal uur "
         "uren "
         "dagen week weken maand maanden jaar jaren maandag dinsdag woensdag donderdag vrijdag "
         "zaterdag zondag juni juli "
         "bestelling besteld bestellen bestelde pakket pakketje pakje levering leveren geleverd "
         "bezorgd "
         "bezorger bezorging verzending verzonden zending doos factuur rekening betaling betalen "
         "betaald betaal afgeschreven incasso geld bedrag prijs kosten pas kaart bank "
         "overschrijving "
         "terugbetaling terug terugbetalen retour retourneren terugsturen ruilen artikel product "
         "producten winkel magazijn adres naam nummer telefoon bellen gebeld terugbellen mail "
         "bericht "
         "brief antwoord antwoorden vraag vragen gevraagd probleem fout reden ontbreekt ontbraken "
         "ontbreken maat kleur contract abonnement opzeggen annuleren geannuleerd wijzigen "
         "gewijzigd "
         "aanpassen verwijderen ontvangen gekregen krijg krijgen kreeg wacht wachten aangekomen "
         "inloggen "
         "wachtwoord gebruiker link klant klanten klantenservice dienst pagina meterstand bijlage "
         "offerte aanbod huis woning deur buurman buren vrouw man moeder vader mensen onmogelijk "
         "dringend nodig werkt werken lukt lukte zegt zeggen gezegd zien gezien geven gegeven "
         "gekocht "
         "kopen kocht koop stuur sturen gestuurd weten weet denk denken lijkt ligt liggen staat "
         "staan "
         "blijft blijven laten laat maken maakt gemaakt nemen neemt vinden gegevens verhuisd open "
         "openen hulp helpen euro "},
    [PL] =
        {"pl",
         "ja ty on ona ono my wy oni one mnie mi mna ciebie ci go jego jej ja nas nam nami was wam "
         "wami ich im nich sie siebie sobie moj moja moje moich mojego mojej moim twoj swoj swoja "
         "swoje "
         "nasz nasza nasze naszego naszej naszym wasz wasza wasze waszego waszej ten ta to tego "
         "tej "
         "temu tym te tych tamten kto kogo komu co czego czemu ktory ktora ktore ktorego ktorej "
         "ktorych kiedy gdzie skad dokad dlaczego jak jaki jaka jakie ile czy "
         "jestem jest jestesmy sa byl byla bylo byly byli bedzie beda bede byc mam masz ma mamy "
         "macie "
         "maja mial miala mialem mialam miec moge mozesz moze mozemy moga mozna moglby moglbym "
         "chce "
         "chcemy chcialbym chcialabym chcielibysmy musze musi trzeba nalezy powinno powinna da "
         "nie tak ani i a oraz lub albo ale lecz jednak wiec bo poniewaz gdyz zeby aby gdy jesli "
         "jezeli "
         "ze choc niz juz jeszcze wciaz nadal dalej ciagle zawsze nigdy znowu teraz dzis dzisiaj "
         "wczoraj "
         "jutro potem wkrotce tutaj tu tam bardzo wiele duzo malo wiecej mniej tylko takze rowniez "
         "tez wszystko wszystkie wszyscy nic nikt ktos cos kazdy kazda inny inna zaden zadna sam "
         "w we z ze na do od dla po za o u przy przez przed pod nad bez miedzy wedlug podczas "
         "zamiast "
         "mimo oprocz okolo obok "
         "dzien dobry witam witajcie czesc prosze prosimy dziekuje dziekujemy dzieki pozdrawiam "
         "pozdrowienia powazaniem szanowni szanowny panstwo panstwa pan pani pana panu panie panem "
         "jeden jedna dwa dwie dwoch trzy cztery piec szesc siedem osiem dziewiec dziesiec sto "
         "dwiescie "
         "pierwszy drugi trzeci raz razy ostatni nowy nowa nowe stary dobry zly zla zle godzina "
         "godzin "
         "dnia dni tydzien tygodni tygodnie miesiac miesiaca miesiecy rok roku lat poniedzialek "
         "wtorek "
         "sroda czwartek piatek sobota sobote niedziela czerwca lipca "
         "zamowienie zamowienia zamowilem zamowilam zamowic paczka paczke paczki paczce przesylka "
         "przesylki przesylke dostawa dostawy dostarczono dostarczona kurier kuriera wyslac "
         "wyslano "
         "wyslane wyslana wysylka faktura faktury fakture rachunek rachunku oplata platnosc "
         "zaplacic "
         "zaplacilem pieniadze pieniedzy kwota cena konto konta karta karty bank przelew zwrot "
         "zwrotu "
         "zwrocic reklamacja reklamacje reklamacji wymiana wymienic towar towaru produkt produktu "
         "sklep "
         "sklepu sklepie magazyn adres adresu nazwisko numer telefon telefonu zadzwonic oddzwonic "
         "dzwonic wiadomosc list odpowiedz odpowiedzi odpowiedziec pytanie pytam problem blad "
         "awaria "
         "uszkodzony uszkodzona zepsuty zepsuta zepsul brakuje brakowalo brak rozmiar kolor umowa "
         "umowy "
         "umowe abonament rezygnacja zrezygnowac anulowac zmiana zmienic usunac otrzymalem "
         "otrzymalam "
         "otrzymac dostalem dostalam dostac czekam czekac przyszla przyszlo przyszedl dotarla "
         "dotarl "
         "zalogowac logowanie haslo hasla uzytkownik strona stronie link klient klienta klienci "
         "obsluga "
         "zdjecie zdjeciu licznik licznika zalacznik zalaczniku oferta dom mieszkanie drzwi "
         "drzwiami "
         "sasiad zona maz mama matka ojciec ludzie niemozliwe pilne potrzebuje dziala dzialaja "
         "wyglada "
         "mowi powiedziec widze zobaczyc kupic kupilem kupilam kupiony wiem wiedziec mysle wydaje "
         "sprawdzic sprawie pomoc pomocy dane zlotych zl "},
    [RO] =
        {"ro",
         "eu tu el ea noi voi ei ele dumneavoastra dvs ma mi m' te ti il i o ne ni va vi le li se "
         "isi "
         "imi iti lui lor un o unui unei unor niste al a ai ale meu mea mei mele tau ta sau sa sai "
         "sale "
         "nostru noastra nostri noastre vostru voastra vostri voastre acest acesta aceasta aceste "
         "acestea acel acela aceea acei cel cea cei cele care ce cine cui cand unde cum cat cata "
         "cati "
         "de-ce ca sa "
         "sunt esti este e suntem sunteti era erau fi fost fie as ai ar am ati au avea aveam avem "
         "aveti "
         "are pot poti poate putem puteti putea vreau vrea vrem vreti doresc dori dorim trebuie "
         "trebuia "
         "fac face facem faceti facut merge mers stiu stie "
         "nu da nici si sau ori dar insa ci deci iar daca desi fiindca deoarece pentru ca atunci "
         "asa "
         "inca deja mereu niciodata din-nou iarasi acum azi astazi ieri maine apoi dupa inainte "
         "inapoi "
         "aici acolo foarte prea mult multa multi multe putin mai doar numai tot toata toti toate "
         "nimic "
         "nimeni ceva cineva fiecare alt alta alte alti altceva nicio niciun bine rau cam decat "
         "in la pe cu din de prin spre fara pana intre peste sub despre catre contra langa dintre "
         "dinspre loc "
         "buna ziua salut seara dimineata multumesc multumim mersi rog rugam stimate stimata "
         "domnule "
         "domnul doamna doamnei cordial respect cu-stima stima "
         "unu doi doua trei patru cinci sase sapte opt noua zece suta sute prima primul ultima "
         "ultimul "
         "nou noi oara ori ora ore zi zile zilele saptamana saptamani luna luni an ani marti "
         "miercuri "
         "joi vineri sambata duminica iunie iulie "
         "comanda comenzi comenzii comandat colet coletul pachet pachetul livrare livrarea livrat "
         "livrata curier curierul factura facturi facturii plata plati platit platesc bani banii "
         "suma "
         "pret pretul cont contul contului card cardul banca transfer retur returul rambursare "
         "rambursarea returnat returna schimb schimbat schimba schimbati produs produsul produse "
         "magazin magazinul depozit adresa nume numele numar numarul telefon telefonul suna sune "
         "sunat mesaj mesajul scrisoare raspuns raspunde raspundeti intrebare intreb intrebat "
         "problema "
         "eroare defect stricat stricata spart sparte lipsa lipseste lipsesc lipseau gresit "
         "gresita "
         "marime marimea culoare contract contractul abonament abonamentul reziliere anulez anula "
         "anulat sterge stergeti modifica trimis trimite trimiteti trimit primit primi primesc "
         "astept "
         "asteptat ajuns ajunge intra conecta parola parolei utilizator client clientul clienti "
         "serviciul site site-ul poza contor oferta casa usa vecin vecinul sotia sotul mama tata "
         "oameni imposibil urgent nevoie functioneaza merg spune zice spus vad vazut dat dau "
         "cumparat "
         "cumpar stii cred pare pus deschis inchis lasat lei date datele cerere cer ajutor "},
    [SV] =
        {"sv",
         "jag du han hon den det vi ni de dem mig dig honom henne oss er sig min mitt mina din "
         "ditt "
         "dina sin sitt sina var vart vara ert era en ett denna detta dessa som vem vad vilken "
         "vilket "
         "vilka nar hur varfor man nagon nagot nagra ingen inget inga allt alla alls annan annat "
         "andra "
         "varje bada "
         "ar var varit vara blir bli blev blivit har hade haft ha kan kunde kunna ska skall skulle "
         "vill "
         "ville vilja maste far fick fatt fa bor borde gor gjorde gjort gora gar gick gatt ga "
         "kommer "
         "kom kommit komma ser sag sett se sager sade sagt saga vet visste veta tar tog tagit ta "
         "ger "
         "gav gett ge "
         "inte ej och eller men for sa att om nar da medan eftersom innan efter sedan tills an "
         "ocksa "
         "bara annu an fortfarande redan alltid aldrig igen nu idag i-dag igar imorgon snart har "
         "dar "
         "hit dit mycket valdigt lite mer mindre flera manga helt ganska kanske ju val nog tyvarr "
         "i pa av till fran med utan hos vid under over mellan genom mot enligt trots utanfor "
         "framfor "
         "bakom fore ut upp ner in "
         "hej hejsan god morgon dag kvall tack snalla vanligen vanliga halsningar halsning mvh "
         "basta "
         "herr fru "
         "ett tva tre fyra fem sex sju atta nio tio hundra tvahundra forsta tredje sista nasta "
         "forra "
         "ny nytt nya gammal bra battre dalig daligt fel ratt trasig trasigt sonder skadad liten "
         "sma "
         "stor gang ganger timme timmar dagar dagen vecka veckor manad manader ar aret mandag "
         "tisdag "
         "onsdag torsdag fredag lordag sondag juni juli kvart "
         "bestallning bestallde bestallt bestalla order ordern paket paketet leverans leveransen "
         "levererat levererats levererad leverera skickat skickade skicka skickar frakt faktura "
         "fakturan betalning betala betalat betalade dragit drogs pengar pengarna belopp pris "
         "konto "
         "konton kontot kort kortet bank aterbetalning aterbetalningen tillbaka retur returen "
         "returnera byta byte vara varan varor produkt produkten butik butiken lager lagret adress "
         "adressen namn nummer telefon telefonen ringa ringt ring mejl mail meddelande brev svar "
         "svara "
         "svarar svarat fraga fragat fragor problem felet orsak saknas saknades storlek storleken "
         "farg "
         "avtal avtalet prenumeration abonnemang saga avsluta avslutas annullera avbestalla andra "
         "uppdatera radera mottagit vantar vantat vanta fram framme logga inloggning losenord "
         "losenordet lank lanken anvandare kund kunder kundtjanst tjanst sida sidan hemsida bild "
         "bilden matare matarstallning bifogas bifogad offert erbjudande hus hem lagenhet dorren "
         "granne grannen fru man mamma pappa folk omojligt bradskande behover fungerar funkar "
         "ligger "
         "star stod sta kopte kopt kopa tror tycker verkar borjar hjalp hjalpa uppgifter kronor kr "
         "kvitto kvittot flyttat hellre "},
    /* A few words of their neighbours, so that these are known where nobody wants them. */
    [DA] = {"da",
            "jeg ikke og det er at en et den de til af paa pa med for har fra som vi i min mit "
            "mine din dit dine jer jeres vores han hun ham hende hvad hvor hvorfor hvornar hvordan "
            "naar nar kan kunne skal skulle vil ville maa ma blev bliver vaere var vaeret have "
            "havde faet fatt fik faar far hej hei god dag tak takk mange venlig hilsen endnu "
            "stadig fortsatt aldrig altid allerede ogsaa ogsa men eller hvis fordi efter etter "
            "siden uden uten ingen intet mere meget noget noen noe nogen pakke pakken ordre "
            "bestilling faktura regning penge konto kort butik levering leveret levert sendt "
            "modtaget mottatt kommer kom gerne hjaelp hjelp adgangskode passord uge uger uke maned "
            "gang dager i-gaar idag"},
    [CA] = {"ca",
            "jo voste vosaltres nosaltres el la els les un una uns unes del dels al als de i o "
            "pero que qui quan on com perque no si encara mai sempre tambe ja amb per sense sobre "
            "fins des aquest aquesta aixo meu meva meus seva seu nostra nostre vostra vostre soc "
            "es som he ha hem heu han tinc te tenim vull voldria puc pot poden estic esta fer fet "
            "rebut comanda factura paquet enviament compte diners botiga gracies us plau bon dia "
            "bona tarda salutacions arribat arribara dimecres dijous avui ahir dema"},
    [CS] = {"cs",
            "ja jsem jste je jsou neni nejsem mam mate ma nemam muj moje moji meho vas vase vasi "
            "nas nase mi me se si ze na do od pro pri po bez nad pod kdy kde proc jak co kdo ktery "
            "ktera a nebo ale protoze kdyz jestli uz jeste stale porad nikdy vzdy take dobry den "
            "dekuji dekuju prosim pozdravem zdravim objednavka objednavku objednavky faktura "
            "zasilka zasilku balik baliku platba penize ucet heslo doruceno neprisla neprisel "
            "dostanu dostal dostala chci chtel chtela muzete potrebuji reklamace vratit zakaznik "
            "dnes vcera"},
    [HU] = {"hu",
            "en te az egy ez nem van vagyok volt lesz meg mar csak hogy de es vagy ha mert mikor "
            "hol miert hogyan mit ki kinek nekem onnek onok kerem koszonom udvozlettel jo napot "
            "nagyon mindig soha megrendeles megrendelesem rendeles csomag csomagom csomagot szamla "
            "szamlat penz visszaterites jelszo fiok szallitas kaptam kapok erkezett jon kellene "
            "szeretnem tudom lehet kell ota ellen utan elott"},
    [FI] = {"fi",
            "mina sina han me te he minun teidan meidan on oli ole olen olemme ovat ei en eivat ja "
            "tai mutta etta jos kun koska missa milloin miksi miten mita kuka tama se ne viela jo "
            "aina kiitos hei terveisin tilaus tilaukseni tilausta paketti lasku laskun rahat tili "
            "salasana toimitus saanut saapunut voitteko haluan voinko tulee myos hyva paivaa "
            "ystavallisin asiakas"},
    [TR] = {"tr",
            "ben sen biz siz bir ve bu su ne nasil neden icin ile ama cok daha hala henuz degil "
            "var yok mi mu lutfen tesekkurler tesekkur ederim merhaba iyi gunler siparis siparisim "
            "siparisimi kargo kargom fatura para iade hesap sifre gelmedi geldi istiyorum "
            "bekliyorum olarak zaman benim sizin bana size gun hafta"},
};

struct word {
    const char *octets; /* in the vocabulary */
    uint32_t hash;
    uint16_t length;
    uint16_t languages; /* vocabulary_mask */
};

static struct word words[WORDS_MAX];
static uint16_t slots[SLOTS]; /* index into words and 1; 0: free */
static size_t word_count;

const char *vocabulary_tag(unsigned i)
{
    return vocabularies[i].tag;
}

#define HASH_START 2166136261U

static inline uint32_t hash_octet(uint32_t hash, char octet)
{
    return (hash ^ (unsigned char)octet) * 16777619U;
}

/* The slot of a word: its own, or a free one. */
static inline uint16_t *slot_of(const char *octets, size_t length, uint32_t hash)
{
    size_t at = (hash ^ hash >> 15) & (SLOTS - 1);

    for (; slots[at] != 0; at = (at + 1) & (SLOTS - 1)) {
        const struct word *word = &words[slots[at] - 1];

        if (word->hash == hash && word->length == length &&
            memcmp(word->octets, octets, length) == 0)
            break;
    }
    return &slots[at];
}

/* In one pass over the octets: a mail system starts us once a message. */
static void read_vocabularies(void)
{
    for (unsigned i = 0; i < VOCABULARY_LANGUAGES; i++) {
        const char *at = vocabularies[i].words;

        while (*at != '\0') {
            const char *start = at;
            uint32_t hash = HASH_START;
            uint16_t *slot;

            while (*at > ' ')
                hash = hash_octet(hash, *at++);
            slot = slot_of(start, (size_t)(at - start), hash);
            if (*slot == 0 && word_count < WORDS_MAX) {
                words[word_count] =
                    (struct word){.octets = start, .hash = hash, .length = (uint16_t)(at - start)};
                *slot = (uint16_t)++word_count;
            }
            if (*slot != 0)
                words[*slot - 1].languages |= (uint16_t)(1U << i);
            at += *at == ' ';
        }
    }
}

static vocabulary_mask find(const char *octets, size_t length)
{
    uint32_t hash = HASH_START;
    uint16_t slot;

    for (size_t i = 0; i < length; i++)
        hash = hash_octet(hash, octets[i]);
    slot = length > 0 ? *slot_of(octets, length, hash) : 0;
    return slot != 0 ? words[slot - 1].languages : 0;
}

vocabulary_mask vocabulary_find(struct span word)
{
    const char *mark;
    vocabulary_mask whole;
    vocabulary_mask head;
    vocabulary_mask tail;
    size_t before;

    if (word_count == 0)
        read_vocabularies();
    whole = find(word.octets, word.length);
    mark = whole == 0 ? memchr(word.octets, '\'', word.length) : NULL;
    if (mark == NULL)
        return whole;
    before = (size_t)(mark - word.octets);
    head = find(word.octets, before + 1);    /* l' */
    tail = find(mark, word.length - before); /* 've */
    if (head == 0)
        head = find(word.octets, before);
    if (tail == 0)
        tail = find(mark + 1, word.length - before - 1);
    return (head & tail) != 0 ? head & tail : head | tail;
}

vocabulary_mask vocabulary_letter(uint32_t character)
{
#define IN(language) (1U << (language))
    static const struct {
        uint32_t small;
        uint32_t capital;
        vocabulary_mask languages;
    } letters[] = {
        {0xdf, 0x1e9e, IN(DE)},                                   /* ß */
        {0xe4, 0xc4, IN(DE) | IN(SV) | IN(FI)},                   /* ä */
        {0xf6, 0xd6, IN(DE) | IN(SV) | IN(FI) | IN(HU) | IN(TR)}, /* ö */
        {0xfc, 0xdc, IN(DE) | IN(ES) | IN(HU) | IN(TR) | IN(CA)}, /* ü */
        {0xe5, 0xc5, IN(SV) | IN(DA)},                            /* å */
        {0xf1, 0xd1, IN(ES)},                                     /* ñ */
        {0xbf, 0xa1, IN(ES)},                                     /* ¿ ¡ */
        {0xe0, 0xc0, IN(FR) | IN(IT) | IN(PT) | IN(CA)},          /* à */
        {0xe1, 0xc1, IN(ES) | IN(PT) | IN(CS) | IN(HU)},          /* á */
        {0xe2, 0xc2, IN(FR) | IN(PT) | IN(RO)},                   /* â */
        {0xe3, 0xc3, IN(PT)},                                     /* ã */
        {0xf5, 0xd5, IN(PT)},                                     /* õ */
        {0xe7, 0xc7, IN(FR) | IN(PT) | IN(CA) | IN(TR)},          /* ç */
        {0xe8, 0xc8, IN(FR) | IN(IT) | IN(CA)},                   /* è */
        {0xe9, 0xc9, IN(FR) | IN(ES) | IN(PT) | IN(IT) | IN(NL) | IN(CA) | IN(CS) | IN(HU)}, /* é */
        {0xea, 0xca, IN(FR) | IN(PT)},                                              /* ê */
        {0xeb, 0xcb, IN(FR) | IN(NL)},                                              /* ë */
        {0xec, 0xcc, IN(IT)},                                                       /* ì */
        {0xed, 0xcd, IN(ES) | IN(PT) | IN(CA) | IN(CS) | IN(HU)},                   /* í */
        {0xee, 0xce, IN(FR) | IN(RO)},                                              /* î */
        {0xef, 0xcf, IN(FR) | IN(NL) | IN(CA)},                                     /* ï */
        {0xf2, 0xd2, IN(IT) | IN(CA)},                                              /* ò */
        {0xf3, 0xd3, IN(ES) | IN(PT) | IN(PL) | IN(NL) | IN(CA) | IN(CS) | IN(HU)}, /* ó */
        {0xf4, 0xd4, IN(FR) | IN(PT)},                                              /* ô */
        {0xf9, 0xd9, IN(FR) | IN(IT)},                                              /* ù */
        {0xfa, 0xda, IN(ES) | IN(PT) | IN(CA) | IN(CS) | IN(HU)},                   /* ú */
        {0xfb, 0xdb, IN(FR)},                                                       /* û */
        {0x153, 0x152, IN(FR)},                                                     /* œ */
        {0x105, 0x104, IN(PL)},                                                     /* ą */
        {0x107, 0x106, IN(PL)},                                                     /* ć */
        {0x119, 0x118, IN(PL)},                                                     /* ę */
        {0x142, 0x141, IN(PL)},                                                     /* ł */
        {0x144, 0x143, IN(PL)},                                                     /* ń */
        {0x15b, 0x15a, IN(PL)},                                                     /* ś */
        {0x17a, 0x179, IN(PL)},                                                     /* ź */
        {0x17c, 0x17b, IN(PL)},                                                     /* ż */
        {0x103, 0x102, IN(RO)},                                                     /* ă */
        {0x219, 0x218, IN(RO)},                                                     /* ș */
        {0x21b, 0x21a, IN(RO)},                                                     /* ț */
        {0x15f, 0x15e, IN(RO) | IN(TR)}, /* ş, as it was written before Unicode 3 */
        {0xe6, 0xc6, IN(DA)},            /* æ */
        {0xf8, 0xd8, IN(DA)},            /* ø */
        {0x10d, 0x10c, IN(CS)},          /* č */
        {0x11b, 0x11a, IN(CS)},          /* ě */
        {0x159, 0x158, IN(CS)},          /* ř */
        {0x161, 0x160, IN(CS)},          /* š */
        {0x165, 0x164, IN(CS)},          /* ť */
        {0x16f, 0x16e, IN(CS)},          /* ů */
        {0x17e, 0x17d, IN(CS)},          /* ž */
        {0xfd, 0xdd, IN(CS)},            /* ý */
        {0x151, 0x150, IN(HU)},          /* ő */
        {0x171, 0x170, IN(HU)},          /* ű */
        {0x11f, 0x11e, IN(TR)},          /* ğ */
        {0x131, 0x130, IN(TR)},          /* ı */
        {0x163, 0x162, IN(RO)},          /* ţ */
    };
#undef IN

    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
        if (letters[i].small == character || letters[i].capital == character)
            return letters[i].languages;
    return ALL;
}
